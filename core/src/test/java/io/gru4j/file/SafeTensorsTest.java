package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafeTensorsTest {
  @TempDir Path folder;

  /** Tensors of random types and shapes, around the buffer's size too, come back bit for bit. */
  @Property
  void tensorsComeBack(@ForAll @IntRange(min = 0, max = 5) int count, @ForAll long seed)
      throws IOException {
    Path file = Files.createTempFile("gru4j", ".safetensors");
    try {
      Random random = new Random(seed);
      SafeTensorsWriter writer = new SafeTensorsWriter();
      Map<String, byte[]> expected = new LinkedHashMap<>();
      Map<String, long[]> shapes = new LinkedHashMap<>();
      Map<String, TensorType> types = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        String name = "tensor \"" + i + "\" é";
        long[] shape = new long[random.nextInt(4)];
        int elements = 1;
        for (int d = 0; d < shape.length; d++) {
          shape[d] = d == 0 && random.nextInt(4) == 0 ? 4000 : random.nextInt(6);
          elements *= (int) shape[d];
        }
        TensorType type = TensorType.values()[random.nextInt(3)];
        byte[] bytes = new byte[elements * type.bytes()];
        random.nextBytes(bytes);
        expected.put(name, bytes);
        shapes.put(name, shape);
        types.put(name, type);
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
          case F32 ->
              writer.floats(
                  name, (o, dst, n) -> view.asFloatBuffer().get((int) o, dst, 0, n), shape);
          case F64 ->
              writer.doubles(
                  name, (o, dst, n) -> view.asDoubleBuffer().get((int) o, dst, 0, n), shape);
          case I64 ->
              writer.longs(name, (o, dst, n) -> view.asLongBuffer().get((int) o, dst, 0, n), shape);
          case U8 -> writer.bytes(name, (o, dst, n) -> view.get((int) o, dst, 0, n), shape);
        }
      }
      writer.metadata("seed", "" + seed).metadata("odd\n\"key\"", "värde \ud83d\ude00");
      writer.write(file);

      try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
        assertEquals(
            Map.of("seed", "" + seed, "odd\n\"key\"", "värde \ud83d\ude00"), reader.metadata());
        assertEquals(count, reader.names().size());
        for (String name : expected.keySet()) {
          reader.require(name, types.get(name), shapes.get(name));
          assertArrayEquals(shapes.get(name), reader.shape(name));
          assertArrayEquals(expected.get(name), readInPieces(reader, name, random), name);
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] readInPieces(SafeTensorsReader reader, String name, Random random)
      throws IOException {
    int elements = (int) Arrays.stream(reader.shape(name)).reduce(1, (a, b) -> a * b);
    TensorType type = reader.type(name);
    ByteBuffer out = ByteBuffer.allocate(elements * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int offset = 0; offset < elements; ) {
      int n = Math.min(elements - offset, 1 + random.nextInt(50_000));
      int dstOff = random.nextInt(3);
      switch (type) {
        case F32 -> {
          float[] dst = new float[dstOff + n];
          reader.readFloats(name, offset, dst, dstOff, n);
          for (int i = 0; i < n; i++) {
            out.putInt(Float.floatToRawIntBits(dst[dstOff + i]));
          }
        }
        case F64 -> {
          double[] dst = new double[dstOff + n];
          reader.readDoubles(name, offset, dst, dstOff, n);
          for (int i = 0; i < n; i++) {
            out.putLong(Double.doubleToRawLongBits(dst[dstOff + i]));
          }
        }
        case I64 -> {
          long[] dst = new long[dstOff + n];
          reader.readLongs(name, offset, dst, dstOff, n);
          for (int i = 0; i < n; i++) {
            out.putLong(dst[dstOff + i]);
          }
        }
        case U8 -> {
          byte[] dst = new byte[dstOff + n];
          reader.readBytes(name, offset, dst, dstOff, n);
          out.put(dst, dstOff, n);
        }
      }
      offset += n;
    }
    return out.array();
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("m.safetensors");
    small().write(file);
    String header =
        "{\"__metadata__\":{\"gru4j.crc32c.header\":\"00000000\",\"gru4j.crc32c.tensors\":"
            + "\"{\\\"ids\\\":\\\"IDS\\\",\\\"a\\\":\\\"A\\\","
            + "\\\"w\\\":\\\"W\\\",\\\"b\\\":\\\"B\\\"}\",\"k\":\"v\"},"
            + "\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[12,20]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[20,23]}}";
    ByteBuffer data = ByteBuffer.allocate(23).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(-2).putFloat(0.5f).putFloat(1.5f).putFloat(Float.NEGATIVE_INFINITY);
    data.put(new byte[] {1, 2, -1});
    header =
        header
            .replace("IDS", crc(data.slice(0, 8)))
            .replace("\"A\\", "\"" + crc(data.slice(8, 4)) + "\\");
    header = header.replace("W\\", crc(data.slice(12, 8)) + "\\");
    header = header.replace("B\\", crc(data.slice(20, 3)) + "\\");
    header += " ".repeat((8 - header.length() % 8) % 8);
    ByteBuffer bytes = ByteBuffer.wrap(header.getBytes(StandardCharsets.UTF_8));
    header = header.replace("00000000", crc(bytes));
    ByteBuffer expected =
        ByteBuffer.allocate(8 + header.length() + 23).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    expected.put(data.flip());
    assertArrayEquals(expected.array(), Files.readAllBytes(file));
  }

  private static String crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return String.format("%08x", crc.getValue());
  }

  private static SafeTensorsWriter small() {
    return new SafeTensorsWriter()
        .bytes("b", (o, dst, n) -> System.arraycopy(new byte[] {1, 2, -1}, (int) o, dst, 0, n), 3)
        .floats("w", (o, dst, n) -> System.arraycopy(W, (int) o, dst, 0, n), 2, 1)
        .longs("ids", (o, dst, n) -> dst[0] = -2, 1)
        .floats("a", (o, dst, n) -> dst[0] = 0.5f)
        .metadata("k", "v");
  }

  private static final float[] W = {1.5f, Float.NEGATIVE_INFINITY};

  @Test
  void theOrderOfAddingDoesNotMatter() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      List<String> names = new ArrayList<>(List.of("a", "b", "c", "d"));
      Collections.shuffle(names, new Random(i));
      SafeTensorsWriter writer = new SafeTensorsWriter();
      for (String name : names) {
        writer.floats(name, (o, dst, n) -> Arrays.fill(dst, 0, n, name.charAt(0)), 2);
      }
      Path file = folder.resolve("m" + i);
      writer.write(file);
      files.add(Files.readAllBytes(file));
    }
    for (byte[] file : files) {
      assertArrayEquals(files.getFirst(), file);
    }
  }

  @Test
  void aWriterRefusesWhatCannotBeWritten() {
    SafeTensorsWriter writer = small();
    assertThrows(IllegalArgumentException.class, () -> writer.floats("a", (o, d, n) -> {}, 1));
    assertThrows(IllegalArgumentException.class, () -> writer.floats("c", (o, d, n) -> {}, 1, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.floats("c", (o, d, n) -> {}, 1L << 40, 1L << 40));
    assertThrows(
        IllegalArgumentException.class, () -> writer.floats("__metadata__", (o, d, n) -> {}, 1));
    assertThrows(IllegalArgumentException.class, () -> writer.metadata("k", "again"));
    assertThrows(
        IllegalArgumentException.class, () -> writer.metadata("gru4j.crc32c.header", "00000000"));
  }

  @Test
  void anEmptyFileOfNoTensorsIsSound() throws IOException {
    Path file = folder.resolve("empty");
    new SafeTensorsWriter().write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      assertEquals(List.of(), reader.names());
      assertEquals(Map.of(), reader.metadata());
    }
  }

  @Test
  void questionsAboutTensorsAreAnsweredOrRefusedByName() throws IOException {
    Path file = folder.resolve("m");
    small().write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      assertEquals(List.of("ids", "a", "w", "b"), reader.names());
      assertTrue(reader.contains("w"));
      assertFalse(reader.contains("x"));
      assertFault(
          file + ": tensor \"x\": is missing", () -> reader.readFloats("x", 0, new float[1], 0, 1));
      assertFault(
          file + ": tensor \"w\": expected dtype I64, got F32",
          () -> reader.readLongs("w", 0, new long[1], 0, 1));
      assertFault(
          file + ": tensor \"w\": expected shape [1, 2], got [2, 1]",
          () -> reader.require("w", TensorType.F32, 1, 2));
      float[] dst = new float[3];
      assertThrows(IndexOutOfBoundsException.class, () -> reader.readFloats("w", 0, dst, 0, 3));
      assertThrows(IndexOutOfBoundsException.class, () -> reader.readFloats("w", -1, dst, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> reader.readFloats("w", 0, dst, 2, 2));
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsNoticed() throws IOException {
    Path file = folder.resolve("m");
    small().write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
      assertFault(
          file + ": ends while it is read, at byte " + (bytes.length - 1),
          () -> reader.readBytes("b", 0, new byte[3], 0, 3));
    }
  }

  private static final String T = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  static Stream<Arguments> corruptions() {
    return Stream.of(
        Arguments.of("[]", 0, ": the header does not start with '{'"),
        Arguments.of("", 0, ": the header does not start with '{'"),
        Arguments.of(" {}", 0, ": the header does not start with '{'"),
        Arguments.of("{\"a\":" + T + "} x", 8, ": the header is not sound JSON: unexpected 'x'"),
        Arguments.of("{\"a\":" + T, 8, ": the header is not sound JSON: expected ',' or '}'"),
        Arguments.of(
            "{\"a\":" + "[".repeat(64), 8, ": the header is not sound JSON: nested deeper than 64"),
        Arguments.of(
            "{\"a\":" + T + ",\"a\":" + T + "}",
            8,
            ": the header is not sound JSON: duplicate key \"a\""),
        Arguments.of(
            "{\"a\":[" + "0,".repeat(1_000_000) + "0]}", 8, "JSON: more than 1000000 values"),
        Arguments.of("{\"a\":3}", 8, ": tensor \"a\": its entry is not a JSON object"),
        Arguments.of("{\"__metadata__\":[]}", 0, ": __metadata__ is not a JSON object"),
        Arguments.of(
            "{\"__metadata__\":{\"k\":1}}",
            0,
            ": __metadata__: the value of \"k\" is not a string"),
        Arguments.of(
            "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            ": tensor \"a\": has no dtype that is one of F32, F64, I64, U8"),
        Arguments.of(
            "{\"a\":" + T.replace("F32", "F16") + "}",
            8,
            ": tensor \"a\": dtype F16 is not one of F32, F64, I64, U8"),
        Arguments.of(
            "{\"a\":" + T.replace("{", "{\"x\":1,") + "}", 8, ": tensor \"a\": unknown key \"x\""),
        Arguments.of(
            "{\"a\":" + T.replace("[2]", "2") + "}", 8, ": tensor \"a\": has no array shape"),
        Arguments.of(
            "{\"a\":" + T.replace("[2]", "[-2]") + "}",
            8,
            ": tensor \"a\": shape[0] is not an integer >= 0"),
        Arguments.of(
            "{\"a\":" + T.replace("[2]", "[2.0]") + "}",
            8,
            ": tensor \"a\": shape[0] is not an integer >= 0"),
        Arguments.of(
            "{\"a\":" + T.replace("[2]", "[4294967296,4294967296]") + "}",
            8,
            ": tensor \"a\": shape [4294967296, 4294967296] overflows"),
        Arguments.of(
            "{\"a\":" + T.replace("[2]", "[3]") + "}",
            8,
            ": tensor \"a\": shape [3] of F32 takes 12 bytes, but data_offsets [0, 8] hold 8"),
        Arguments.of(
            "{\"a\":" + T.replace("[0,8]", "[8,0]") + "}",
            8,
            ": tensor \"a\": data_offsets [8, 0] are not [begin, end]"),
        Arguments.of(
            "{\"a\":" + T.replace("[0,8]", "[0]") + "}",
            8,
            ": tensor \"a\": data_offsets [0] are not [begin, end]"),
        Arguments.of(
            "{\"a\":" + T.replace("[0,8]", "[-8,0]") + "}",
            8,
            ": tensor \"a\": data_offsets[0] is not an integer >= 0"),
        Arguments.of(
            "{\"a\":" + T + "}",
            7,
            ": tensor \"a\": ends at byte 8 of the data, but the file has 7"),
        Arguments.of("{\"a\":" + T + "}", 9, ": 1 bytes follow the last tensor"),
        Arguments.of("{}", 3, ": 3 bytes follow the last tensor"),
        Arguments.of(
            "{\"a\":" + T + ",\"b\":" + T.replace("[0,8]", "[4,12]") + "}",
            12,
            ": tensor \"b\": starts at byte 4 and overlaps the one that ends at 8"),
        Arguments.of(
            "{\"a\":" + T + ",\"b\":" + T + "}",
            8,
            ": tensor \"b\": starts at byte 0 and overlaps the one that ends at 8"),
        Arguments.of(
            "{\"a\":" + T.replace("[0,8]", "[4,12]") + "}",
            12,
            ": tensor \"a\": starts at byte 4 and leaves a hole from byte 0"),
        Arguments.of(
            "{\"a\\u0007\":3}", 0, ": tensor \"a\\u0007\": its entry is not a JSON object"));
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void corruptFilesAreRefusedWithTheFault(String header, int dataBytes, String message)
      throws IOException {
    Path file = folder.resolve("bad.safetensors");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Files.write(file, bytes(text.length, text, dataBytes));
    var e = assertThrows(SafeTensorsException.class, () -> SafeTensorsReader.open(file).close());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void aHeaderLengthIsCheckedBeforeItIsBelieved() throws IOException {
    Path file = folder.resolve("bad");
    Files.write(file, new byte[7]);
    assertFault(file + ": has 7 bytes, a safetensors file has at least 8", () -> open(file));
    Files.write(file, bytes(100_000_000, new byte[] {'{', '}'}, 0));
    assertFault(
        file + ": the header claims 100000000 bytes, but only 2 follow its length",
        () -> open(file));
    Files.write(file, bytes(100_000_001, new byte[] {'{', '}'}, 0));
    assertFault(
        file
            + ": the header claims 100000001 bytes, more than 100000000 are refused"
            + " (no safetensors file?)",
        () -> open(file));
    Files.write(file, bytes(-1, new byte[] {'{', '}'}, 0));
    assertFault(
        file
            + ": the header claims 18446744073709551615 bytes, more than 100000000 are refused"
            + " (no safetensors file?)",
        () -> open(file));
    Files.write(file, bytes(3, new byte[] {'{', (byte) 0xff, '}'}, 0));
    assertFault(file + ": the header is not UTF-8", () -> open(file));
  }

  /**
   * Whatever is changed in a file, reading it succeeds or says what is wrong; nothing else happens.
   */
  @Test
  void mutatedFilesNeverSurprise() throws IOException {
    Path file = folder.resolve("fuzz");
    small().write(file);
    byte[] sound = Unchecked.of(Files.readAllBytes(file));
    int refused = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Files.write(file, mutate(sound, new Random(seed)));
      try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
        for (String name : reader.names()) {
          readInPieces(reader, name, new Random(seed));
        }
      } catch (SafeTensorsException e) {
        refused++;
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      } catch (Exception e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > 1000 && refused < 2000, "refused " + refused);
  }

  private static byte[] mutate(byte[] sound, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = random.nextInt(sound.length);
    int to = Math.min(sound.length, from + random.nextInt(12));
    switch (random.nextInt(6)) {
      case 0 -> out.write(sound, 0, from); // cut off
      case 1 -> { // a stretch removed
        out.write(sound, 0, from);
        out.write(sound, to, sound.length - to);
      }
      case 2 -> { // a stretch repeated
        out.write(sound, 0, to);
        out.write(sound, from, sound.length - from);
      }
      case 3 -> { // bytes appended
        out.write(sound);
        out.write(new byte[1 + random.nextInt(9)]);
      }
      case 4 -> { // another digit
        byte[] copy = sound.clone();
        for (int i = from; i < copy.length; i++) {
          if (copy[i] >= '0' && copy[i] <= '9') {
            copy[i] = (byte) ('0' + random.nextInt(10));
            break;
          }
        }
        out.write(copy);
      }
      default -> { // bytes flipped
        byte[] copy = sound.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        out.write(copy);
      }
    }
    return out.toByteArray();
  }

  @Test
  void aFailingSourceLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("m");
    small().write(file);
    byte[] before = Files.readAllBytes(file);
    SafeTensorsWriter failing =
        new SafeTensorsWriter()
            .floats(
                "w",
                (offset, dst, n) -> {
                  if (offset > 50_000) {
                    throw new IOException("no more");
                  }
                },
                100_000);
    assertEquals(
        file + ": no more",
        assertThrows(IOException.class, () -> failing.write(file)).getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void assertFault(String message, Action action) {
    assertEquals(message, assertThrows(SafeTensorsException.class, action::run).getMessage());
  }

  private static void open(Path file) throws IOException {
    SafeTensorsReader.open(file).close();
  }

  private static byte[] bytes(long headerLength, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .array();
  }
}
