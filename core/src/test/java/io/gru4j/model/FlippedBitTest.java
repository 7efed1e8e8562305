package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Unchecked;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk or a cable changes is noticed, wherever it is. */
class FlippedBitTest {
  @TempDir Path folder;

  private static FittedModel model() {
    EpochSummary epoch = new EpochSummary(1, 0.5, 9, 2, 1.5, OptionalDouble.of(0.25), true, false);
    return new FittedModel(
        GruNetwork.zeros(3, 2, 2, 1).initialise(1),
        IdMap.of(List.of("shoe", "ä", "1")),
        Map.of("bptt", "8"),
        List.of(epoch),
        7L);
  }

  /** Every bit of a file: header length, header, checksums, tensors. */
  @Test
  void everyFlippedBitOfAModelIsRefused() throws IOException {
    Path file = folder.resolve("m.safetensors");
    model().save(file);
    byte[] sound = Files.readAllBytes(file);
    long dataStart = 8 + ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong();
    List<String> accepted = new ArrayList<>();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (int at = 0; at < sound.length; at++) {
        for (int bit = 0; bit < 8; bit++) {
          bytes.seek(at);
          bytes.write(sound[at] ^ 1 << bit);
          String where = "byte " + at + " bit " + bit;
          try {
            FittedModel.load(file);
            accepted.add(where);
          } catch (ModelFileException e) {
            String fault = e.getMessage();
            assertTrue(fault.startsWith(file + ": "), where);
            assertTrue(fault.matches(".*(\\bheader\\b|\\btensor \"|__metadata__).*"), fault);
            assertTrue(at < dataStart || fault.matches(".*: tensor \".*is damaged.*"), fault);
          }
        }
        bytes.seek(at);
        bytes.write(sound[at]);
      }
    }
    assertEquals(List.of(), accepted);
    FittedModel.load(file);
  }

  /** Tensors that the model does not want are checked too, and those longer than any buffer. */
  @Test
  void aFlippedBitAnywhereInALongTensorIsRefused() throws IOException {
    Path file = folder.resolve("m.safetensors");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      ids.add("item number " + i);
    }
    GruNetwork network = GruNetwork.zeros(ids.size(), 2, 2, 1).initialise(1);
    new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null).save(file);
    long size = Files.size(file);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (long at = 3000; at < size; at += 39_989) {
        bytes.seek(at);
        int old = bytes.read();
        bytes.seek(at);
        bytes.write(old ^ 1);
        var e = assertThrows(ModelFileException.class, () -> FittedModel.load(file));
        assertTrue(e.getMessage().contains("\": is damaged: its checksum is "), e::getMessage);
        bytes.seek(at);
        bytes.write(old);
      }
    }
    FittedModel.load(file);
  }

  @Test
  void aFileWithoutChecksumsIsRead() throws IOException {
    Path file = folder.resolve("m.safetensors");
    model().save(file);
    Files.write(file, Unchecked.of(Files.readAllBytes(file)));
    assertEquals(model().items(), FittedModel.load(file).items());
  }
}
