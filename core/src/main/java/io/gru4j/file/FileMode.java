package io.gru4j.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/** Who may read and write a file, on systems that know owner, group and others. */
final class FileMode {
  private FileMode() {}

  /**
   * Gives a file the mode of another, and its group where the system lets us. Where the group is
   * not the same, it may do no more than others.
   *
   * @param from may be missing: nothing is changed then
   * @param to a file of this process
   * @throws IOException if the mode cannot be read or set: the file might be open to more than it
   *     was
   */
  static void copy(Path from, Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    PosixFileAttributes old;
    try {
      old = Files.readAttributes(from, PosixFileAttributes.class);
    } catch (NoSuchFileException e) {
      return;
    }
    PosixFileAttributes now = view.readAttributes();
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    mode.addAll(old.permissions());
    if (!old.group().equals(now.group()) && !given(() -> view.setGroup(old.group()))) {
      lower(mode, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
      lower(mode, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
      lower(mode, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
    }
    if (!mode.equals(now.permissions())) {
      view.setPermissions(mode);
    }
  }

  /** The owner of a file; null if it is missing or has none. */
  static UserPrincipal owner(Path file) {
    try {
      return Files.getOwner(file);
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** Gives a file away, where the system lets us; behind all else, for it is not ours then. */
  static void give(Path file, UserPrincipal ownerOrNull) {
    if (ownerOrNull != null && !ownerOrNull.equals(owner(file))) {
      given(() -> Files.setOwner(file, ownerOrNull));
    }
  }

  private interface Giving {
    void run() throws IOException;
  }

  /** Only a privileged process may give files away. */
  private static boolean given(Giving giving) {
    try {
      giving.run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void lower(
      Set<PosixFilePermission> mode, PosixFilePermission group, PosixFilePermission others) {
    if (!mode.contains(others)) {
      mode.remove(group);
    }
  }
}
