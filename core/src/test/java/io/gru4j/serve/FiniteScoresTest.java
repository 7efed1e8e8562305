package io.gru4j.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.ModelFileException;
import io.gru4j.model.Recommendation;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever loads gives finite scores after any clicks, and sessions that can be read back. */
class FiniteScoresTest {
  private static final int ITEMS = 40;

  @TempDir Path folder;

  private static FittedModel model(GruNetwork network) {
    List<String> ids = IntStream.range(0, network.numItems()).mapToObj(i -> "i" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  /** Each parameter has a size of its own, up to the largest float; half of all have one sign. */
  private static GruNetwork network(Random random) {
    int[] sizes = random.ints(1 + random.nextInt(3), 1, 21).toArray();
    GruNetwork network =
        random.nextBoolean()
            ? GruNetwork.zeros(ITEMS, 1 + random.nextInt(20), sizes, GruNetwork.Form.PANELS)
            : GruNetwork.sharedZeros(ITEMS, sizes, GruNetwork.Form.PANELS);
    double ordinary = random.nextDouble();
    for (Parameter p : network.parameters()) {
      double exponent = random.nextDouble() < ordinary ? -1 : 30 + 8.53 * random.nextDouble();
      float size = (float) Math.min(Float.MAX_VALUE, Math.pow(10, exponent));
      boolean oneSign = random.nextBoolean();
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          float unit = 2 * random.nextFloat() - 1;
          p.set(row, col, size * (oneSign ? 1f : random.nextBoolean() ? Math.signum(unit) : unit));
        }
      }
    }
    return network;
  }

  private static void assertFinite(Recommender recommender, Session session) {
    float[] scores = new float[ITEMS];
    session.scores(scores);
    for (int i = 0; i < ITEMS; i++) {
      assertTrue(Float.isFinite(scores[i]), i + ": " + scores[i]);
    }
    for (Recommendation each : session.top(ITEMS)) {
      assertTrue(Float.isFinite(each.score()), each.toString());
    }
  }

  @Property
  void whatLoadsGivesFiniteScoresAndSessions(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Path file = Files.createTempFile("model", null);
    FittedModel loaded;
    try {
      model(network(random)).save(file);
      loaded = FittedModel.load(file);
    } catch (ModelFileException e) {
      assertTrue(e.getMessage().contains("values up to "), e.getMessage());
      return;
    } finally {
      Files.delete(file);
    }
    Recommender recommender = new Recommender(loaded);
    Session session = recommender.newSession();
    for (int click = 1 + random.nextInt(60); click > 0; click--) {
      session.click("i" + random.nextInt(ITEMS));
      assertFinite(recommender, session);
      session = recommender.read(session.toBytes());
    }
    assertFinite(recommender, session);
  }

  private String refusal(GruNetwork network) throws IOException {
    Path file = folder.resolve("m.safetensors");
    model(network).save(file);
    return assertThrows(ModelFileException.class, () -> FittedModel.load(file)).getMessage();
  }

  private static void fill(Parameter p, float value) {
    for (int row = 0; row < p.rows(); row++) {
      for (int col = 0; col < p.cols(); col++) {
        p.set(row, col, value);
      }
    }
  }

  @Test
  void weightsThatMayMakeScoresInfiniteAreRefused() throws IOException {
    GruNetwork one = GruNetwork.zeros(ITEMS, 20, 20, 1).initialise(1);
    fill(one.outputWeight(), -3e38f);
    String score = refusal(one);
    assertTrue(
        score.endsWith(
            "tensor \"lin.weight\": values up to 3.00e+38, so that a score may come to"
                + " 6.00e+39, more than 1.70e+38"),
        score);
    GruNetwork all = GruNetwork.zeros(ITEMS, 20, 20, 2).initialise(1);
    all.parameters().forEach(p -> fill(p, 3e38f));
    assertTrue(refusal(all).contains("tensor \"rnn.weight_ih_l0\": values up to"));
    GruNetwork above = GruNetwork.zeros(ITEMS, 20, 20, 2).initialise(1);
    fill(above.layers().get(1).biasHh(), 3e38f);
    assertTrue(refusal(above).contains("tensor \"rnn.bias_hh_l1\": values up to"));
    fill(one.outputWeight(), 8e36f); // 20 of them are just below the bound
    model(one).save(folder.resolve("m.safetensors"));
    FittedModel.load(folder.resolve("m.safetensors"));
  }

  private static byte[] withChecksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    return bytes;
  }

  /** Strangers can make up sessions: each that is read goes on as any other. */
  @Property
  void whatIsReadCanBeWrittenAndReadAgain(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int clicks) throws Exception {
    Random random = new Random(seed);
    Recommender recommender =
        new Recommender(model(GruNetwork.zeros(ITEMS, 3, 5, 2).initialiseGlorot(seed)));
    Session session = recommender.newSession();
    for (int i = 0; i < clicks; i++) {
      session.click("i" + random.nextInt(ITEMS));
    }
    byte[] bytes = session.toBytes();
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    long[] counts = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 0, -1, Long.MIN_VALUE, 1L << 31, 1L << 32};
    float[] states = {1f, -1f, 1.001f, -1.001f, 1.0010001f, -0f, Float.MIN_VALUE, Float.NaN};
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      switch (random.nextInt(4)) {
        case 0 -> fields.putLong(13, counts[random.nextInt(counts.length)]);
        case 1 -> fields.putInt(21, (int) counts[random.nextInt(counts.length)]);
        case 2 -> fields.put(5 + random.nextInt(bytes.length - 9), (byte) random.nextInt());
        default -> {
          int state = 25 + 4 * clicks;
          float value = states[random.nextInt(states.length)];
          for (int i = random.nextInt(10); i < 10; i++) {
            fields.putFloat(state + 4 * i, value);
          }
        }
      }
    }
    Session read;
    try {
      read = recommender.read(withChecksum(bytes));
    } catch (SessionFormatException e) {
      return;
    }
    for (int i = 0; i < 40; i++) {
      read.click("i" + random.nextInt(ITEMS));
      assertFinite(recommender, read);
      read = recommender.read(read.toBytes());
    }
  }

  @Test
  void aCountOfClicksDoesNotOverflow() throws Exception {
    Recommender recommender =
        new Recommender(model(GruNetwork.zeros(ITEMS, 3, 5, 2).initialise(1)));
    Session session = recommender.newSession();
    session.click("i1");
    byte[] bytes = session.toBytes();
    ByteBuffer.wrap(bytes).putLong(13, Long.MAX_VALUE - 1);
    Session read = recommender.read(withChecksum(bytes));
    for (int i = 0; i < 3; i++) {
      read.click("i2");
      assertEquals(Long.MAX_VALUE, read.clicks());
      read = recommender.read(read.toBytes());
    }
  }
}
