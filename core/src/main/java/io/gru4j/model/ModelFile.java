package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.file.SafeTensorsException;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.SafeTensorsWriter;
import io.gru4j.file.TensorType;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fitted model as a safetensors file.
 *
 * <p>Tensors: the network's, under torch's names and shapes ({@link GruNetwork}); {@code
 * gru4j.item_clicks} (clicks of each item in training, I64) and {@code gru4j.item_last_clicks} (the
 * time of the last, F64), if they are known; and the item ids, {@code gru4j.item_ids} (their UTF-8
 * bytes, U8) and {@code gru4j.item_ends} (where each ends, I64). Metadata: {@code gru4j} (version
 * of this form), {@code gru4j.algorithm} (a word), {@code gru4j.parameters}, {@code gru4j.history}
 * and {@code gru4j.lineage} (JSON), {@code gru4j.seed}, and the checksums. Only the network's
 * tensors must be there: a file that torch wrote has no others. A network with a shared embedding
 * is written without {@code emb.weight}, and its parameters say {@code embedding} is {@code
 * shared}. Nothing in a file depends on when or how fast it was made: the same training writes the
 * same bytes.
 */
final class ModelFile {
  private static final Logger LOGGER = System.getLogger("io.gru4j");

  private static final String VERSION = "gru4j";
  private static final String CURRENT = "1";
  private static final String ALGORITHM = "gru4j.algorithm";
  private static final String FIRST_ALGORITHM = "cross_entropy"; // of files that do not say it
  private static final String PARAMETERS = "gru4j.parameters";
  private static final String HISTORY = "gru4j.history";
  private static final String SEED = "gru4j.seed";
  private static final String LINEAGE = "gru4j.lineage";
  private static final String LAST_CLICKS = "gru4j.item_last_clicks";
  private static final String ITEM_CLICKS = "gru4j.item_clicks";
  private static final String ITEM_IDS = "gru4j.item_ids";
  private static final String ITEM_ENDS = "gru4j.item_ends";
  private static final String EMBEDDING = "embedding";
  private static final String SHARED = "shared";
  private static final int BUFFER = 1 << 14;

  private ModelFile() {}

  static void save(FittedModel model, Path file) throws IOException {
    writer(model).write(file);
  }

  static String sha256(FittedModel model) {
    try {
      return writer(model).sha256();
    } catch (IOException e) {
      throw new IllegalStateException("a model in memory can be read", e);
    }
  }

  private static SafeTensorsWriter writer(FittedModel model) {
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata(VERSION, CURRENT);
    Map<String, String> parameters = new LinkedHashMap<>(model.parameters());
    if (model.network().isShared()) {
      parameters.put(EMBEDDING, SHARED); // what the reader relies on
    }
    if (model.algorithm() != null) {
      writer.metadata(ALGORITHM, model.algorithm());
    }
    writer.metadata(PARAMETERS, Json.write(parameters));
    writer.metadata(HISTORY, EpochHistory.toJson(model.history(), false));
    if (model.seed() != null) {
      writer.metadata(SEED, model.seed().toString());
    }
    if (!model.lineage().trainings().isEmpty()) {
      writer.metadata(LINEAGE, model.lineage().toJson());
    }
    for (Parameter p : model.network().parameters()) {
      writer.floats(p.name(), p::read, shape(p));
    }
    int[] clicks = model.itemClicks();
    if (clicks != null) {
      writer.longs(
          ITEM_CLICKS,
          (offset, dst, n) -> {
            for (int i = 0; i < n; i++) {
              dst[i] = clicks[(int) offset + i];
            }
          },
          clicks.length);
    }
    double[] last = model.lastClicks();
    if (last != null) {
      writer.doubles(
          LAST_CLICKS,
          (offset, dst, n) -> System.arraycopy(last, (int) offset, dst, 0, n),
          last.length);
    }
    byte[][] ids = new byte[model.numItems()][];
    long[] ends = new long[ids.length];
    long bytes = 0;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = model.items().idOf(i).getBytes(StandardCharsets.UTF_8);
      bytes += ids[i].length;
      ends[i] = bytes;
    }
    writer.longs(
        ITEM_ENDS,
        (offset, dst, n) -> System.arraycopy(ends, (int) offset, dst, 0, n),
        ends.length);
    return writer.bytes(ITEM_IDS, new Concatenation(ids), bytes);
  }

  /** Hands out the bytes of all ids, one after the other, in ascending order, again and again. */
  private static final class Concatenation implements SafeTensorsWriter.ByteSource {
    private final byte[][] parts;
    private int part;
    private int at;

    Concatenation(byte[][] parts) {
      this.parts = parts;
    }

    @Override
    public void read(long offset, byte[] dst, int n) {
      if (offset == 0) {
        part = 0;
        at = 0;
      }
      for (int done = 0; done < n; ) {
        int count = Math.min(n - done, parts[part].length - at);
        System.arraycopy(parts[part], at, dst, done, count);
        done += count;
        at += count;
        if (at == parts[part].length) {
          part++;
          at = 0;
        }
      }
    }
  }

  private static long[] shape(Parameter p) {
    return p.isBias() ? new long[] {p.rows()} : new long[] {p.rows(), p.cols()};
  }

  /**
   * Reads a model.
   *
   * @param leastMapped bytes from which on an embedding stays in the file, mapped
   */
  static FittedModel load(Path file, long leastMapped) throws IOException {
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      FittedModel model = read(file, reader, leastMapped);
      if (!reader.hasChecksums()) {
        LOGGER.log(Level.INFO, "{0} has no checksums: damage to it goes unnoticed", file);
      }
      return model;
    } catch (SafeTensorsException e) {
      throw new ModelFileException(file, e.fault());
    } catch (OutOfMemoryError e) {
      throw new ModelFileException(
          file,
          "the heap of %d MiB cannot hold it; give the JVM more (-Xmx)"
              .formatted(Runtime.getRuntime().maxMemory() >> 20));
    }
  }

  private static FittedModel read(Path file, SafeTensorsReader reader, long leastMapped)
      throws IOException {
    String version = reader.metadata().get(VERSION);
    if (version != null && !version.equals(CURRENT)) {
      throw new ModelFileException(
          file, "is of form " + version + ", this version reads form " + CURRENT);
    }
    FittedModel model;
    try {
      Map<String, String> parameters = readParameters(file, reader);
      boolean shared = SHARED.equals(parameters.get(EMBEDDING));
      NetworkReader networkReader = new NetworkReader(file, reader);
      IdMap[] items = new IdMap[1];
      GruNetwork network =
          networkReader.read(
              shared, leastMapped, n -> items[0] = readItems(file, reader.another(), n));
      model =
          new FittedModel(
              network,
              items[0],
              version == null ? null : reader.metadata().getOrDefault(ALGORITHM, FIRST_ALGORITHM),
              parameters,
              readHistory(file, reader),
              readSeed(file, reader));
      if (reader.contains(ITEM_CLICKS)) {
        model = model.withItemClicks(readClicks(file, reader, network.numItems()));
      }
      if (reader.contains(LAST_CLICKS)) {
        model = model.withLastClicks(readLastClicks(file, reader, network.numItems()));
      }
      model = model.withLineage(readLineage(file, reader));
      model.noteEmbeddingHash(networkReader.embeddingHash());
    } catch (ModelFileException e) {
      reader.checkRest(); // a tensor that is damaged is why a value is wrong
      throw e;
    }
    reader.checkRest();
    return model;
  }

  private static IdMap readItems(Path file, SafeTensorsReader reader, int numItems)
      throws IOException {
    if (!reader.contains(ITEM_ENDS)) {
      return IdMap.ofNumbers(numItems);
    }
    List<String> ids = new ArrayList<>(numItems);
    reader.require(ITEM_ENDS, TensorType.I64, numItems);
    long[] ends = new long[numItems];
    reader.readLongs(ITEM_ENDS, 0, ends, 0, numItems);
    long from = 0;
    for (int i = 0; i < numItems; i++) {
      if (ends[i] <= from || ends[i] - from > Integer.MAX_VALUE - 64) {
        throw new ModelFileException(file, "the id of item " + i + " has no valid length");
      }
      from = ends[i];
    }
    reader.require(ITEM_IDS, TensorType.U8, from);
    byte[] text = {};
    long textFrom = 0; // of the part of the text that is in memory
    from = 0;
    for (int i = 0; i < numItems; i++) {
      int length = (int) (ends[i] - from);
      if (ends[i] > textFrom + text.length) {
        textFrom = from;
        text = new byte[(int) Math.max(length, Math.min(BUFFER, ends[numItems - 1] - from))];
        reader.readBytes(ITEM_IDS, textFrom, text, 0, text.length);
      }
      ids.add(decode(file, i, ByteBuffer.wrap(text, (int) (from - textFrom), length)));
      from = ends[i];
    }
    try {
      return IdMap.of(ids);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, "its item ids are wrong: " + e.getMessage());
    }
  }

  private static int[] readClicks(Path file, SafeTensorsReader reader, int numItems)
      throws IOException {
    reader.require(ITEM_CLICKS, TensorType.I64, numItems);
    long[] buffer = new long[Math.min(BUFFER, numItems)];
    int[] clicks = new int[numItems];
    for (int from = 0; from < numItems; from += buffer.length) {
      int n = Math.min(buffer.length, numItems - from);
      reader.readLongs(ITEM_CLICKS, from, buffer, 0, n);
      for (int i = 0; i < n; i++) {
        if (buffer[i] < 0 || buffer[i] > Integer.MAX_VALUE) {
          throw new ModelFileException(
              file,
              "the clicks of item %d must be in [0, %d], got %d"
                  .formatted(from + i, Integer.MAX_VALUE, buffer[i]));
        }
        clicks[from + i] = (int) buffer[i];
      }
    }
    return clicks;
  }

  private static double[] readLastClicks(Path file, SafeTensorsReader reader, int numItems)
      throws IOException {
    reader.require(LAST_CLICKS, TensorType.F64, numItems);
    double[] times = new double[numItems];
    reader.readDoubles(LAST_CLICKS, 0, times, 0, numItems);
    for (int i = 0; i < numItems; i++) {
      if (Double.isInfinite(times[i])) {
        throw new ModelFileException(
            file, "the last click of item %d is %s, expected a time".formatted(i, times[i]));
      }
    }
    return times;
  }

  private static Lineage readLineage(Path file, SafeTensorsReader reader)
      throws ModelFileException {
    try {
      return Lineage.fromJson(LINEAGE, reader.metadata().getOrDefault(LINEAGE, "[]"));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, e.getMessage());
    }
  }

  private static String decode(Path file, int item, ByteBuffer id) throws ModelFileException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(id).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFileException(file, "the id of item " + item + " is not UTF-8");
    }
  }

  private static Long readSeed(Path file, SafeTensorsReader reader) throws ModelFileException {
    String seed = reader.metadata().get(SEED);
    try {
      return seed == null ? null : Long.valueOf(seed);
    } catch (NumberFormatException e) {
      throw new ModelFileException(
          file, SEED + " " + OneLine.quoted(seed) + " is not a whole number");
    }
  }

  private static Map<String, String> readParameters(Path file, SafeTensorsReader reader)
      throws ModelFileException {
    Object json = json(file, reader, PARAMETERS, Map.of());
    if (!(json instanceof Map<?, ?> map)) {
      throw new ModelFileException(file, PARAMETERS + " is not a JSON object");
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Map.Entry<?, ?> each : map.entrySet()) {
      String name = (String) each.getKey();
      if (!(each.getValue() instanceof String value)) {
        throw new ModelFileException(
            file, PARAMETERS + ": the value of " + OneLine.quoted(name) + " is not a string");
      }
      parameters.put(name, value);
    }
    return parameters;
  }

  private static Object json(Path file, SafeTensorsReader reader, String key, Object valueIfMissing)
      throws ModelFileException {
    String text = reader.metadata().get(key);
    try {
      return text == null ? valueIfMissing : Json.parse(text, SafeTensorsReader.MAX_HEADER_VALUES);
    } catch (Json.SyntaxException e) {
      throw new ModelFileException(file, key + " is no JSON: " + e.getMessage());
    }
  }

  private static List<EpochSummary> readHistory(Path file, SafeTensorsReader reader)
      throws ModelFileException {
    try {
      return EpochHistory.fromJson(HISTORY, reader.metadata().getOrDefault(HISTORY, "[]"));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, e.getMessage());
    }
  }
}
