package io.gru4j.file;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where a path leads, whether there is a file or not yet, and whether two lead to one place. */
public final class RealPath {
  private static final int MOST_LINKS = 40; // as Linux allows

  /** Tells whether two files that exist are one. */
  @FunctionalInterface
  interface Identity {
    /** As {@link Files#isSameFile}. */
    boolean isSame(Path one, Path other) throws IOException;
  }

  private RealPath() {}

  /**
   * Follows all links, also one whose target is not there yet, and a missing folder's nearest
   * parent.
   *
   * @param path of a file that may be missing
   * @return absolute, the same for two paths to one file; hard links stay apart, and so do two
   *     places where one folder is mounted, see {@link #isSame}
   * @throws IOException if links lead in a circle, or a folder cannot be looked into
   */
  public static Path of(Path path) throws IOException {
    return of(path, 0);
  }

  private static Path of(Path path, int links) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      Path absolute = path.toAbsolutePath();
      if (Files.isSymbolicLink(absolute)) {
        if (links == MOST_LINKS) {
          throw new FileSystemLoopException(path.toString());
        }
        return of(absolute.resolveSibling(Files.readSymbolicLink(absolute)), links + 1);
      }
      Path folder = absolute.getParent();
      if (folder == null || Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        return absolute;
      }
      Path name = absolute.getFileName();
      Path parent = of(folder, links);
      return switch (name.toString()) {
        case "." -> parent;
        case ".." -> parent.getParent() == null ? parent : parent.getParent();
        default -> parent.resolve(name);
      };
    }
  }

  /**
   * Returns whether two paths lead to one file, or would if it were there: through hard links and
   * through a folder that is mounted in two places, too. Of files that are not there yet, the
   * nearest folders that are must be one, and the names below them the same.
   *
   * @param one as {@link #of} returns it
   * @param other as {@link #of} returns it
   * @return true if they do
   * @throws IOException if a file cannot be looked at
   */
  public static boolean isSame(Path one, Path other) throws IOException {
    return isSame(one, other, Files::isSameFile);
  }

  static boolean isSame(Path one, Path other, Identity identity) throws IOException {
    if (one == null || other == null || one.equals(other)) {
      return one != null && other != null; // a root has no folder
    }
    boolean exists = Files.exists(one);
    if (exists != Files.exists(other)) {
      return false;
    }
    return exists
        ? identity.isSame(one, other)
        : one.endsWith(other.getFileName()) && isSame(one.getParent(), other.getParent(), identity);
  }
}
