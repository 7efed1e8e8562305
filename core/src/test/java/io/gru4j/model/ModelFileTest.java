package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.SafeTensorsWriter;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
  private static final String EPOCH =
      "{'epoch':1,'seconds':0.5,'targets':9,'steps':2,'loss':1.5,'criterion':null,"
          + "'better':true,'stopped':false}";

  @TempDir Path folder;

  private final GruNetwork network = GruNetwork.zeros(3, 2, 4, 1).initialise(1);

  private static EpochSummary epoch(double loss, OptionalDouble criterion) {
    return new EpochSummary(1, 0.5, 9, 2, loss, criterion, true, false);
  }

  private FittedModel model(EpochSummary... history) {
    return new FittedModel(
        network,
        IdMap.of(List.of("shoe", "ä", "1")),
        Map.of("bptt", "8"),
        List.of(history),
        Long.MAX_VALUE);
  }

  /** A file with a sound network and what the caller adds. */
  private SafeTensorsWriter writer(Map<String, String> metadata) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    metadata.forEach(writer::metadata);
    for (Parameter p : network.parameters()) {
      boolean vector = p.cols() == 1;
      writer.floats(
          p.name(), p::read, vector ? new long[] {p.rows()} : new long[] {p.rows(), p.cols()});
    }
    return writer;
  }

  private String faultOf(SafeTensorsWriter writer) throws IOException {
    Path file = folder.resolve("hostile.safetensors");
    writer.write(file);
    String message =
        assertThrows(ModelFileException.class, () -> FittedModel.load(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    FittedModel saved =
        model(
            epoch(1.5, OptionalDouble.of(0.25)),
            new EpochSummary(2, 0, 0, 0, 1, OptionalDouble.empty(), false, true));
    Path file = folder.resolve("m.safetensors");
    saved.save(file);
    FittedModel loaded = FittedModel.load(file);
    assertEquals(saved.items(), loaded.items());
    assertEquals(saved.parameters(), loaded.parameters());
    assertEquals(withoutSeconds(saved.history()), loaded.history());
    assertEquals(saved.seed(), loaded.seed());
    assertEquals(
        saved.recommend(List.of("ä"), 3, UnknownItems.FAIL),
        loaded.recommend(List.of("ä"), 3, UnknownItems.FAIL));
  }

  /** JSON has no such numbers; the epochs are worth keeping without them. */
  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void aCriterionThatIsNoNumberIsSavedAsNone(double value) throws IOException {
    Path file = folder.resolve("m.safetensors");
    model(epoch(value, OptionalDouble.of(value))).save(file);
    assertEquals(
        withoutSeconds(List.of(epoch(Double.NaN, OptionalDouble.empty()))),
        FittedModel.load(file).history());
  }

  private static List<EpochSummary> withoutSeconds(List<EpochSummary> history) {
    return history.stream()
        .map(
            e ->
                new EpochSummary(
                    e.epoch(),
                    Double.NaN,
                    e.targets(),
                    e.steps(),
                    e.loss(),
                    e.criterion(),
                    e.better(),
                    e.stopped()))
        .toList();
  }

  /** How long a training took is in its log, not in its model. */
  @Test
  void theTimeOfATrainingIsNoPartOfItsFile() throws IOException {
    Path slow = folder.resolve("slow.safetensors");
    Path fast = folder.resolve("fast.safetensors");
    model(new EpochSummary(1, 500, 9, 2, 1, OptionalDouble.empty(), true, false)).save(slow);
    model(new EpochSummary(1, 0.5, 9, 2, 1, OptionalDouble.empty(), true, false)).save(fast);
    assertArrayEquals(Files.readAllBytes(slow), Files.readAllBytes(fast));
  }

  @Test
  void clicksOfItemsAreKeptAndChecked() throws IOException {
    Path file = folder.resolve("m.safetensors");
    model().save(file);
    assertNull(FittedModel.load(file).itemClicks());
    int[] clicks = {0, Integer.MAX_VALUE, 7};
    model().withItemClicks(clicks).save(file);
    assertArrayEquals(clicks, FittedModel.load(file).itemClicks());
    assertThrows(IllegalArgumentException.class, () -> model().withItemClicks(new int[2]));
    assertThrows(
        IllegalArgumentException.class, () -> model().withItemClicks(new int[] {1, -1, 1}));

    long[] wrong = {1, -1, 1L << 31};
    assertEquals(
        "the clicks of item 1 must be in [0, 2147483647], got -1", faultOf(clicks(wrong, 3)));
    wrong[1] = 0;
    assertEquals(
        "the clicks of item 2 must be in [0, 2147483647], got 2147483648",
        faultOf(clicks(wrong, 3)));
    assertTrue(
        faultOf(clicks(wrong, 2)).startsWith("tensor \"gru4j.item_clicks\": expected shape"));
  }

  private SafeTensorsWriter clicks(long[] clicks, int length) {
    return writer(Map.of())
        .longs(
            "gru4j.item_clicks",
            (offset, dst, n) -> System.arraycopy(clicks, (int) offset, dst, 0, n),
            length);
  }

  @Test
  void aNetworkAloneIsAModel() throws IOException {
    Path file = folder.resolve("m.safetensors");
    writer(Map.of()).write(file);
    FittedModel model = FittedModel.load(file);
    assertEquals(List.of("0", "1", "2"), model.items().ids());
    assertEquals(Map.of(), model.parameters());
    assertEquals(List.of(), model.history());
    assertEquals(null, model.seed());
  }

  /** The shapes say the sizes of the layers. */
  @Test
  void layersOfTheirOwnSizesAreSavedAndLoaded() throws IOException {
    int[] sizes = {5, 3, 4};
    for (boolean shared : new boolean[] {false, true}) {
      GruNetwork saved =
          shared
              ? GruNetwork.sharedZeros(3, sizes, GruNetwork.Form.PANELS)
              : GruNetwork.zeros(3, 2, sizes, GruNetwork.Form.PANELS);
      IdMap ids = IdMap.of(List.of("a", "b", "c"));
      Path file = folder.resolve("m.safetensors");
      new FittedModel(saved.initialise(2), ids, Map.of(), List.of(), null).save(file);
      GruNetwork loaded = FittedModel.load(file).network();
      assertArrayEquals(sizes, loaded.hiddenSizes());
      for (int i = 0; i < saved.parameters().size(); i++) {
        assertArrayEquals(saved.parameters().get(i).value(), loaded.parameters().get(i).value());
      }
    }
  }

  /** Of two layers, each tensor in turn has another shape than the others ask for. */
  @ParameterizedTest
  @CsvSource({
    "rnn.weight_ih_l0,'[15, 2]'", "rnn.weight_hh_l0,'[15, 5]'", "rnn.bias_ih_l0,[15]",
    "rnn.bias_hh_l0,[15]", "rnn.weight_ih_l1,'[12, 5]'", "rnn.weight_hh_l1,'[12, 4]'",
    "rnn.bias_ih_l1,[12]", "rnn.bias_hh_l1,[12]", "lin.bias,[4]"
  })
  void aTensorOfAnotherShapeIsNamed(String name, String expected) throws IOException {
    GruNetwork two = GruNetwork.zeros(3, 2, new int[] {5, 4}, GruNetwork.Form.PANELS);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    String got = "";
    for (Parameter p : two.parameters()) {
      int more = p.name().equals(name) ? 1 : 0;
      long rows = p.rows() + more;
      long[] shape = p.cols() == 1 ? new long[] {rows} : new long[] {rows, p.cols()};
      got = more == 1 ? Arrays.toString(shape) : got;
      writer.floats(p.name(), (offset, dst, n) -> Arrays.fill(dst, 0, n, 0f), shape);
    }
    assertEquals(
        "tensor \"%s\": expected shape %s, got %s".formatted(name, expected, got), faultOf(writer));
  }

  @Test
  void tablesOfDifferentHeightsAreRefused() throws IOException {
    for (String taller : List.of("emb.weight", "lin.weight")) {
      SafeTensorsWriter writer = new SafeTensorsWriter();
      for (Parameter p : network.parameters()) {
        long rows = p.rows() + (p.name().equals(taller) ? 1 : 0);
        long[] shape = p.cols() == 1 ? new long[] {rows} : new long[] {rows, p.cols()};
        writer.floats(p.name(), (offset, dst, n) -> Arrays.fill(dst, 0, n, 0f), shape);
      }
      assertEquals(
          taller.equals("emb.weight")
              ? "tensor \"lin.weight\": expected shape [5, 4], got [4, 4]"
              : "tensor \"lin.weight\": expected shape [4, 4], got [5, 4]",
          faultOf(writer));
    }
  }

  /** Tables and ids longer than the buffers they pass through; a last value that is none. */
  @Test
  void whatIsLongerThanABufferIsSavedAndLoaded() throws IOException {
    int items = 5000;
    GruNetwork large = GruNetwork.zeros(items, 7, 5, 1).initialise(3);
    List<String> ids =
        IntStream.range(0, items)
            .mapToObj(i -> "item number " + i + ", ä" + "x".repeat(i % 50 == 0 ? 20_000 : 0))
            .toList();
    Path file = folder.resolve("m.safetensors");
    new FittedModel(large, IdMap.of(ids), Map.of(), List.of(), null).save(file);
    FittedModel loaded = FittedModel.load(file);
    assertEquals(ids, loaded.items().ids());
    for (int i = 0; i < large.parameters().size(); i++) {
      assertArrayEquals(
          large.parameters().get(i).value(), loaded.network().parameters().get(i).value());
    }
    large.outputWeight().set(items, 4, Float.NaN);
    new FittedModel(large, IdMap.of(ids), Map.of(), List.of(), null).save(file);
    String message =
        assertThrows(ModelFileException.class, () -> FittedModel.load(file)).getMessage();
    assertTrue(message.contains("\"lin.weight\": value " + (items * 5 + 4) + " is NaN"), message);
  }

  /** Field, its hostile value, what the message says after the file's name. ' stands for ". */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gru4j | 2 | is of form 2, this version reads form 1",
        "gru4j | `` | is of form , this version reads form 1",
        "gru4j.seed | x | gru4j.seed 'x' is not a whole number",
        "gru4j.seed | 9223372036854775808 |"
            + " gru4j.seed '9223372036854775808' is not a whole number",
        "gru4j.seed | 1.0 | gru4j.seed '1.0' is not a whole number",
        "gru4j.parameters | [] | gru4j.parameters is not a JSON object",
        "gru4j.parameters | null | gru4j.parameters is not a JSON object",
        "gru4j.parameters | {'bptt':8} |"
            + " gru4j.parameters: the value of 'bptt' is not a string",
        "gru4j.parameters | {'a':'1','b':null} |"
            + " gru4j.parameters: the value of 'b' is not a string",
        "gru4j.parameters | {'a\\u001b':{}} |"
            + " gru4j.parameters: the value of 'a\\u001b' is not a string",
        "gru4j.history | {} | gru4j.history is not a JSON array",
        "gru4j.history | null | gru4j.history is not a JSON array",
        "gru4j.history | [1] | gru4j.history[0]: is not a JSON object",
        "gru4j.history | [null] | gru4j.history[0]: is not a JSON object",
      })
  void aHostileFieldIsNamed(String key, String value, String fault) throws IOException {
    assertEquals(fault.replace('\'', '"'), faultOf(writer(Map.of(key, value.replace('\'', '"')))));
  }

  @ParameterizedTest
  @CsvSource({"gru4j.parameters", "gru4j.history"})
  void aFieldThatIsNoJsonIsNamed(String key) throws IOException {
    String fault = faultOf(writer(Map.of(key, "{")));
    assertTrue(fault.startsWith(key + " is no JSON: "), fault);
    // A million values take some 30 bytes each of the heap, and 2 of the file.
    String many = "[" + "1,".repeat(SafeTensorsReader.MAX_HEADER_VALUES) + "1]";
    fault = faultOf(writer(Map.of(key, many)));
    assertTrue(fault.startsWith(key + " is no JSON: more than"), fault);
  }

  /** One value of an epoch is replaced; the second entry is the one at fault. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'epoch':1 | 'epoch':0 | epoch must be >= 1, got 0",
        "'epoch':1 | 'epoch':-4294967295 | epoch must be in [1, 2^31), got -4294967295",
        "'epoch':1 | 'epoch':4294967297 | epoch must be in [1, 2^31), got 4294967297",
        "'epoch':1 | 'epoch':1.5 | epoch is not a whole number",
        "'epoch':1 | 'epoch':'1' | epoch is not a whole number",
        "'epoch':1 | 'epok':1 | epoch is not a whole number",
        "'seconds':0.5 | 'seconds':-1 | seconds must be >= 0, got -1.0",
        "'seconds':0.5 | 'seconds':true | seconds is not a number",
        "'targets':9 | 'targets':-1 | targets must be >= 0, got -1",
        "'targets':9 | 'targets':9.0 | targets is not a whole number",
        "'steps':2 | 'steps':-1 | steps must be >= 0, got -1",
        "'steps':2 | 'steps':null | steps is not a whole number",
        "'loss':1.5 | 'loss':[] | loss is not a number",
        "'loss':1.5 | 'los':1.5 | loss is not a number",
        "'criterion':null | 'criterion':'x' | criterion is not a number",
        "'better':true | 'better':1 | better is not true or false",
        "'stopped':false | 'stopped':null | stopped is not true or false",
      },
      quoteCharacter = '`')
  void aHostileEpochIsNamed(String old, String hostile, String fault) throws IOException {
    String history = "[" + EPOCH + "," + EPOCH.replace(old, hostile) + "]";
    assertEquals(
        "gru4j.history[1]: " + fault,
        faultOf(writer(Map.of("gru4j.history", history.replace('\'', '"')))));
  }

  private static SafeTensorsWriter ends(SafeTensorsWriter writer, long... ends) {
    return writer.longs(
        "gru4j.item_ends",
        (offset, dst, n) -> System.arraycopy(ends, (int) offset, dst, 0, n),
        ends.length);
  }

  private static SafeTensorsWriter ids(SafeTensorsWriter writer, byte[] ids) {
    return writer.bytes(
        "gru4j.item_ids",
        (offset, dst, n) -> System.arraycopy(ids, (int) offset, dst, 0, n),
        ids.length);
  }

  private String faultOfItems(byte[] ids, long... ends) throws IOException {
    return faultOf(ids(ends(writer(Map.of()), ends), ids));
  }

  @Test
  void hostileItemIdsAreNamed() throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertEquals(
        "tensor \"gru4j.item_ends\": expected shape [3], got [2]", faultOfItems(abc, 1, 3));
    assertEquals(
        "tensor \"gru4j.item_ids\": expected shape [4], got [3]", faultOfItems(abc, 1, 2, 4));
    for (long[] ends : new long[][] {{1, 1, 3}, {2, 1, 3}, {1, Long.MAX_VALUE, 3}}) {
      assertEquals("the id of item 1 has no valid length", faultOfItems(abc, ends));
    }
    assertEquals("the id of item 0 has no valid length", faultOfItems(abc, -1, 1, 3));
    assertEquals(
        "the id of item 1 is not UTF-8", faultOfItems(new byte[] {'a', (byte) 0xff, 'b'}, 1, 2, 3));
    assertEquals(
        "its item ids are wrong: ids[2] = \"a\" is there already as ids[0]",
        faultOfItems("aba".getBytes(StandardCharsets.US_ASCII), 1, 2, 3));
    assertEquals("tensor \"gru4j.item_ids\": is missing", faultOf(ends(writer(Map.of()), 1, 2, 3)));

    SafeTensorsWriter.FloatSource zeros = (offset, dst, n) -> {};
    assertEquals(
        "tensor \"gru4j.item_ends\": expected dtype I64, got F32",
        faultOf(ids(writer(Map.of()).floats("gru4j.item_ends", zeros, 3), abc)));
    assertEquals(
        "tensor \"gru4j.item_ids\": expected dtype U8, got F32",
        faultOf(ends(writer(Map.of()), 1, 2, 3).floats("gru4j.item_ids", zeros, 3)));
  }

  @Test
  void anEpochKnowsItsRanges() {
    Map<String, String> faults = new LinkedHashMap<>();
    faults.put("epoch must be >= 1, got 0", "0,0,0,0");
    faults.put("seconds must be >= 0, got -0.5", "1,-0.5,0,0");
    faults.put("targets must be >= 0, got -1", "1,0,-1,0");
    faults.put("steps must be >= 0, got -2", "1,0,0,-2");
    faults.forEach(
        (message, values) -> {
          String[] v = values.split(",");
          assertEquals(
              message,
              assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          new EpochSummary(
                              Integer.parseInt(v[0]),
                              Double.parseDouble(v[1]),
                              Long.parseLong(v[2]),
                              Long.parseLong(v[3]),
                              0,
                              OptionalDouble.empty(),
                              false,
                              false))
                  .getMessage());
        });
  }

  /** NaN would rank nothing and say nothing. */
  @Test
  void numbersThatAreNoneAreRefused() throws IOException {
    network.embedding().set(1, 1, Float.NaN);
    assertEquals(
        "tensor \"emb.weight\": value 3 is NaN, expected a number", faultOf(writer(Map.of())));
    network.embedding().set(1, 1, 0f);
    network.outputBias().set(2, 0, Float.POSITIVE_INFINITY);
    assertEquals(
        "tensor \"lin.bias\": value 2 is Infinity, expected a number", faultOf(writer(Map.of())));
  }
}
