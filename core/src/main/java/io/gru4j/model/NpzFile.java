package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.FloatBytes;
import io.gru4j.tensor.autograd.Parameter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A fitted model as a file of NumPy arrays, which {@code numpy.load} reads: a zip file of <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">.npy</a> files,
 * stored and not compressed. The arrays are the network's parameters, float32, under torch's names
 * and shapes, as {@link GruNetwork} has them, the pad class included; and {@code item_ids}, the ids
 * of the items as texts. The same model gives the same bytes. All methods are thread-safe.
 */
public final class NpzFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64; // of the data within a file
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0); // zip's first

  private NpzFile() {}

  /**
   * Writes the file.
   *
   * @param model the model
   * @param file a regular file to replace, or a new name in an existing folder
   * @throws IOException if writing fails; an old file is then unchanged
   */
  public static void write(FittedModel model, Path file) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          ZipOutputStream zip =
              new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
          zip.setLevel(Deflater.NO_COMPRESSION);
          for (Parameter p : model.network().parameters()) {
            begin(zip, p.name(), "<f4", p.isBias() ? p.rows() + "," : p.rows() + ", " + p.cols());
            FloatBytes.write(zip, (long) p.rows() * p.cols(), p::read);
          }
          writeIds(zip, model.items());
          zip.finish();
          zip.flush();
        });
  }

  /** NumPy's texts have one length, in code points of four bytes; zeros fill the shorter ones. */
  private static void writeIds(ZipOutputStream zip, IdMap items) throws IOException {
    int longest = 1;
    for (int i = 0; i < items.size(); i++) {
      String id = items.idOf(i);
      longest = Math.max(longest, id.codePointCount(0, id.length()));
    }
    begin(zip, "item_ids", "<U" + longest, items.size() + ",");
    ByteBuffer text = ByteBuffer.allocate(Integer.BYTES * longest).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < items.size(); i++) {
      text.clear();
      items.idOf(i).codePoints().forEach(text::putInt);
      while (text.hasRemaining()) {
        text.putInt(0);
      }
      zip.write(text.array());
    }
  }

  private static void begin(ZipOutputStream zip, String name, String type, String shape)
      throws IOException {
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    zip.putNextEntry(entry);
    writeHeader(zip, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, shape);
  }

  private static void writeHeader(OutputStream out, String form, String type, String shape)
      throws IOException {
    String header = form.formatted(type, shape);
    int before = MAGIC.length + Short.BYTES;
    int padding = ALIGNMENT - (before + header.length() + 1) % ALIGNMENT;
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(MAGIC);
    out.write(text.length & 0xFF);
    out.write(text.length >>> 8);
    out.write(text);
  }
}
