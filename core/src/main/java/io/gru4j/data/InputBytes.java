package io.gru4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Opens a file of text: plain, gzip'd, or in a zip file that has nothing else. What is packed in
 * another way is named, with the command that unpacks it.
 */
final class InputBytes {
  private static final int SHOWN_ENTRIES = 5;
  private static final String WORKBOOK = "[Content_Types].xml"; // the first file of every xlsx

  private final Path file;

  private InputBytes(Path file) {
    this.file = file;
  }

  /**
   * Opens a file.
   *
   * @param file the file
   * @param tap sees the bytes as they are in the file; null for nothing
   */
  static InputStream open(Path file, InputTap tap) throws IOException {
    if (Files.isDirectory(file)) {
      throw SessionFileException.ofFile(file, 0, "is a folder, expected a file", null);
    }
    InputStream raw;
    try {
      raw = Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw SessionFileException.ofFile(file, 0, "there is no such file", e);
    }
    try {
      return new InputBytes(file).unpack(tap == null ? raw : tap.on(raw), true);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /** As {@link #open}, of a stream, which is not closed; {@code name} is for messages. */
  static InputStream of(InputStream stream, Path name, InputTap tap) throws IOException {
    InputStream open =
        new FilterInputStream(stream) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
          }

          @Override
          public void close() {
            // Whoever opened it closes it.
          }
        };
    return new InputBytes(name).unpack(tap == null ? open : tap.on(open), false);
  }

  private InputStream unpack(InputStream raw, boolean isFile) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    byte[] head = new byte[ForeignForm.HEAD];
    int length = head(in, head);
    if (isGzip(head, length)) {
      BufferedInputStream text = new BufferedInputStream(new GzipStream(in), 1 << 16);
      try {
        if (isGzip(head, head(text, head))) {
          throw fault("is packed twice: gzip -dc " + shown() + " | gru4j ... -");
        }
      } catch (EOFException | ZipException e) {
        throw damaged(file, 1, e);
      }
      return text;
    }
    if (length >= 4 && new String(head, 0, 4, StandardCharsets.ISO_8859_1).equals("PK\3\4")) {
      if (isFile) {
        checkEntries();
      }
      return entry(in);
    }
    return in;
  }

  private static boolean isGzip(byte[] head, int length) {
    return length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
  }

  /** Reads the first bytes, which stay in the stream, and refuses what they tell of. */
  private int head(BufferedInputStream in, byte[] head) throws IOException {
    in.mark(head.length);
    int length = in.readNBytes(head, 0, head.length);
    in.reset();
    String refusal = ForeignForm.refusal(head, length);
    if (refusal != null) {
      throw fault(refusal.replace("FILE", shown()));
    }
    return length;
  }

  /** Packed data that is damaged, which is seen in this line or behind it. */
  static SessionFileException damaged(Path file, long line, IOException cause) {
    return SessionFileException.ofFile(
        file, line, cause.getMessage() + " (in this line or after it)", cause);
  }

  private String shown() {
    return file.toString().matches("[\\w./+-]+") ? file.toString() : "FILE";
  }

  private SessionFileException fault(String what) {
    return SessionFileException.ofFile(file, 0, what, null);
  }

  /** A file's directory is at its end: it tells at once what a stream shows late. */
  private void checkEntries() throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).forEach(names::add);
    } catch (IOException e) {
      throw SessionFileException.ofFile(file, 0, "zip data is damaged: " + e.getMessage(), e);
    }
    if (names.contains(WORKBOOK)) {
      throw fault(ForeignForm.XLSX.replace("FILE", shown()));
    }
    if (names.size() != 1) {
      String some = String.join(", ", names.subList(0, Math.min(SHOWN_ENTRIES, names.size())));
      throw fault(
          "is a zip file of "
              + names.size()
              + " files, expected one"
              + (names.isEmpty()
                  ? ""
                  : "; it has "
                      + some
                      + (names.size() > SHOWN_ENTRIES ? ", ..." : "")
                      + ": unzip -p "
                      + shown()
                      + " NAME | gru4j ... -"));
    }
  }

  private InputStream entry(InputStream in) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    ZipEntry first = zip.getNextEntry();
    while (first != null && first.isDirectory()) {
      first = zip.getNextEntry();
    }
    if (first == null) {
      throw fault("is a zip file of 0 files, expected one");
    }
    if (first.getName().equals(WORKBOOK)) {
      throw fault(ForeignForm.XLSX.replace("FILE", shown()));
    }
    return new FilterInputStream(zip) {
      private boolean ended;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int n = ended ? -1 : zip.read(target, offset, length);
        if (n < 0 && !ended) {
          ended = true;
          for (ZipEntry next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
            if (!next.isDirectory()) {
              throw fault(
                  "is a zip file of several files, expected one; after the first comes "
                      + next.getName());
            }
          }
        }
        return n;
      }
    };
  }
}
