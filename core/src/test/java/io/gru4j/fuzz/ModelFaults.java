package io.gru4j.fuzz;

import static io.gru4j.fuzz.Mutations.any;
import static io.gru4j.fuzz.Mutations.concat;
import static io.gru4j.fuzz.Mutations.number;
import static io.gru4j.fuzz.Mutations.utf8;

import io.gru4j.data.IdMap;
import io.gru4j.file.Unchecked;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Model files that are wrong: a small one is made, then its length, header or data are changed. */
final class ModelFaults {
  private static final Pattern SHAPE = Pattern.compile("\"shape\":\\[([^\\]]*)\\]");
  private static final Pattern OFFSETS = Pattern.compile("\"data_offsets\":\\[([^\\]]*)\\]");
  private static final Pattern DTYPE = Pattern.compile("\"dtype\":\"([^\"]*)\"");
  private static final Pattern NAME = Pattern.compile("\"([a-z_.0-9]*)\":\\{\"dtype\"");
  private static final Pattern METADATA = Pattern.compile("\"(gru4j[a-z_.]*)\":\"");
  private static final Pattern ESCAPED = Pattern.compile("\\\\\"([a-z0-9_.,:\\-]+)");

  private final String header;
  private final byte[] data;

  /** Takes a sound file apart, without its checksums: they would refuse any change at once. */
  private ModelFaults(byte[] checked) {
    byte[] file = Unchecked.of(checked);
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    header = new String(file, 8, length, StandardCharsets.UTF_8).strip();
    data = Arrays.copyOfRange(file, 8 + length, file.length);
  }

  static List<Fault> all() {
    ModelFaults model = new ModelFaults(sound());
    return List.of(
        Fault.of("sound", r -> model.file(model.header)),
        Fault.of("with checksums, changed anywhere", r -> Mutations.anywhere(r, sound())),
        Fault.of("changed anywhere", r -> Mutations.anywhere(r, model.file(model.header))),
        Fault.of("cut", r -> Mutations.cut(r, model.file(model.header))),
        Fault.of("random bytes", r -> Mutations.randomBytes(r, r.nextInt(300))),
        Fault.of("header length", model::headerLength),
        Fault.of("header changed anywhere", model::changedHeader),
        Fault.of("header not UTF-8", model::headerNotUtf8),
        Fault.of("shapes, negative and huge", r -> model.edit(r, SHAPE, numbers(r))),
        Fault.of("overlaps and holes", r -> model.edit(r, OFFSETS, numbers(r))),
        Fault.of("offsets of another tensor", r -> model.swap(r, OFFSETS)),
        Fault.of("shape of another tensor", r -> model.swap(r, SHAPE)),
        Fault.of("dtypes", r -> model.edit(r, DTYPE, any(r, DTYPES))),
        Fault.of("missing tensor", r -> model.edit(r, NAME, "x" + r.nextInt(9))),
        Fault.of("doubled tensor", r -> model.swap(r, NAME)),
        Fault.of("metadata", r -> model.edit(r, METADATA, any(r, KEYS))),
        Fault.of("history and parameters", r -> model.edit(r, ESCAPED, any(r, VALUES))),
        Fault.of("deep JSON", model::deep),
        Fault.of(
            "trailing bytes", r -> concat(model.file(model.header), new byte[1 + r.nextInt(9)])),
        Fault.of("data changed", model::changedData),
        Fault.fillsHeap("a million numbers", r -> model.million(r, any(r, SMALL))),
        Fault.fillsHeap("a million objects", r -> model.million(r, any(r, LARGE))),
        Fault.heavy("megabytes of header", model::longHeader));
  }

  private static final String[] DTYPES = {"F16", "F64", "I64", "U8", "F32", "", "f32", "BOOL"};
  private static final String[] KEYS = {"gru4j", "x", "gru4j.history", "gru4j.seed", ""};
  private static final String[] VALUES = {
    "-1", "1e999", "9223372036854775808", "true", "null", "x", "[[]]", "{}", "\\\\u0000", "epoch"
  };

  private static final String[] SMALL = {"0,", "1.5,", "\"\",", "[],"};
  private static final String[] LARGE = {"{},", "{\"\":0},", "[[0]],"};

  private static byte[] sound() {
    GruNetwork network = GruNetwork.zeros(7, 3, 4, 2).initialise(1);
    IdMap items = IdMap.of(List.of("a", "b", "caf\u00e9", "d", "e", "f", "\ud83d\ude00"));
    EpochSummary epoch = new EpochSummary(1, 0.5, 9, 2, 1.5, OptionalDouble.of(0.25), true, false);
    Map<String, String> parameters = new TreeMap<>(Map.of("bptt", "1", "hidden_size", "4"));
    FittedModel model = new FittedModel(network, items, parameters, List.of(epoch, epoch), 7L);
    try {
      Path file = Files.createTempFile("gru4j", ".safetensors");
      try {
        model.save(file);
        return Files.readAllBytes(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file with another header, whose length is stated rightly. */
  private byte[] file(String header) {
    return file(utf8(header));
  }

  private byte[] file(byte[] header) {
    return concat(length(header.length), header, data);
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private byte[] headerLength(SplittableRandom random) {
    long[] lengths = {
      0,
      1,
      8,
      -1,
      Long.MIN_VALUE,
      Long.MAX_VALUE,
      Integer.MAX_VALUE,
      1L << 31,
      1L << 32,
      100_000_000,
      100_000_001,
      header.length() - 1,
      header.length() + 1,
      random.nextLong(),
      random.nextInt(3000),
      header.length() + data.length,
      header.length() + data.length + 8
    };
    long length = lengths[random.nextInt(lengths.length)];
    return concat(length(length), utf8(header), data);
  }

  private byte[] changedHeader(SplittableRandom random) {
    return file(Mutations.anywhere(random, utf8(header)));
  }

  private byte[] headerNotUtf8(SplittableRandom random) {
    byte[] bad = {(byte) (0x80 + random.nextInt(0x80))};
    return file(Mutations.insert(random, utf8(header), bad));
  }

  private static String numbers(SplittableRandom random) {
    StringBuilder text = new StringBuilder(number(random));
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(',').append(random.nextInt(3) == 0 ? number(random) : "" + random.nextInt(200));
    }
    return text.toString();
  }

  /** Puts a text in the place of one match's group, any of them. */
  private byte[] edit(SplittableRandom random, Pattern pattern, String text) {
    Matcher match = pattern.matcher(header);
    int skip = random.nextInt((int) pattern.matcher(header).results().count());
    for (int i = 0; i <= skip; i++) {
      match.find();
    }
    return file(header.substring(0, match.start(1)) + text + header.substring(match.end(1)));
  }

  /** Puts one match's group in the place of another's. */
  private byte[] swap(SplittableRandom random, Pattern pattern) {
    List<String> groups = pattern.matcher(header).results().map(m -> m.group(1)).toList();
    return edit(random, pattern, groups.get(random.nextInt(groups.size())));
  }

  private byte[] deep(SplittableRandom random) {
    int depth = random.nextBoolean() ? 60 + random.nextInt(9) : 100_000;
    String open = any(random, new String[] {"[", "{\"a\":", "[[", "[{\"a\":"});
    String text = open.repeat(depth);
    return switch (random.nextInt(3)) {
      case 0 -> file(text);
      case 1 -> file(header.substring(0, 1) + "\"x\":" + text + header.substring(1));
      default -> {
        int at = header.indexOf("[{\\\"epoch");
        yield file(header.substring(0, at) + text.replace("\"", "\\\"") + header.substring(at));
      }
    };
  }

  private byte[] changedData(SplittableRandom random) {
    byte[] changed = data.clone();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
    }
    return concat(length(utf8(header).length), utf8(header), changed);
  }

  private byte[] million(SplittableRandom random, String value) {
    String values = "[" + value.repeat(900_000 + random.nextInt(200_000)) + "0]";
    return random.nextBoolean()
        ? file("{\"x\":" + values + "," + header.substring(1))
        : edit(random, SHAPE, values.substring(1, values.length() - 1));
  }

  private byte[] longHeader(SplittableRandom random) {
    String filler = any(random, new String[] {" ", "a", "\u00e9", "\\u0041", "\\"});
    String text = filler.repeat(4_000_000 / filler.length());
    return random.nextBoolean()
        ? file(header + text)
        : file("{\"" + text + "\":0," + header.substring(1));
  }
}
