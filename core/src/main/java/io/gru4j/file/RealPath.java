package io.gru4j.file;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where a path leads, whether there is a file or not yet. */
public final class RealPath {
  private static final int MOST_LINKS = 40; // as Linux allows

  private RealPath() {}

  /**
   * Follows all links, also one whose target is not there yet, and a missing folder's nearest
   * parent.
   *
   * @param path of a file that may be missing
   * @return absolute, the same for two paths to one file; hard links stay apart
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
}
