package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.file.Unchecked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every class of bad input goes through the command line, and {@code core/docs/errors.md} has what
 * it answers, word for word. {@code target/errors.md} is the page as this test would write it.
 */
class BadInputsTest {
  private static final Path DOCUMENT = Path.of("docs/errors.md");
  private static final Path WRITTEN = Path.of("target/errors.md");
  private static final String HEADER = "SessionId,ItemId,Time\n";
  private static final String CLICKS = HEADER + "1,shoe,1\n1,sock,2\n2,shoe,3\n2,hat,4\n";
  private static final String[] TINY = {
    "--hidden-size=4", "--num-components=3", "--batch-size=2", "--max-epochs=2", "--seed=1"
  };

  private final StringBuilder page = new StringBuilder();
  @TempDir Path folder;

  @BeforeEach
  void sound() throws IOException {
    write("shop.csv", CLICKS);
    run(0, train("shop.csv"));
    Files.move(folder.resolve("m.safetensors"), folder.resolve("shop.safetensors"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  private List<String> train(String file, String... flags) {
    List<String> words = new ArrayList<>(List.of("train", file, "--model", "m.safetensors"));
    Arrays.stream(TINY)
        .filter(tiny -> Arrays.stream(flags).noneMatch(f -> f.startsWith(tiny.split("=")[0])))
        .forEach(words::add);
    words.addAll(List.of(flags));
    return words;
  }

  /** Runs a command on files of the folder; returns the line of stderr that says what is wrong. */
  private String run(int status, List<String> words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    PrintStream out = new PrintStream(PrintStream.nullOutputStream());
    String[] args = words.stream().map(this::inFolder).toArray(String[]::new);
    int got = Main.run(args, InputStream.nullInputStream(), out, err);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(status, got, () -> words + "\n" + text);
    return message(text);
  }

  private String message(String err) {
    return err.replace(folder + "/", "")
        .lines()
        .filter(line -> line.startsWith("gru4j ") && !line.endsWith(" --help says more"))
        .reduce((a, b) -> b)
        .orElse("");
  }

  private String inFolder(String word) {
    return word.matches("[\\w/-]+\\.(csv|csv\\.gz|d|safetensors|jsonl|html)|closed/new\\.d|none/.*")
        ? folder.resolve(word).toString()
        : word;
  }

  private void section(String title, String... text) {
    page.append("\n## ").append(title).append("\n\n");
    for (String line : text) {
      page.append(line).append("\n");
    }
    page.append("| what is wrong | what gru4j says |\n|---|---|\n");
  }

  private void row(String what, String message) {
    assertNotEquals("", message, what);
    assertTrue(message.length() < 1000, what);
    String safe = message.replace("|", "\\|");
    page.append("| ").append(what).append(" | `").append(safe).append("` |\n");
  }

  private void sessions(String what, String text, String... flags) throws IOException {
    sessions(what, text.getBytes(StandardCharsets.UTF_8), flags);
  }

  private void sessions(String what, byte[] bytes, String... flags) throws IOException {
    write("bad.csv", bytes);
    row(what, run(1, train("bad.csv", flags)));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void theDocumentHasWhatIsSaid() throws Exception {
    page.append("# What gru4j says to bad input\n\n");
    page.append("Each line is of a real run (`BadInputsTest` makes the files and this page): ");
    page.append("exit status 1, and no model file is\n");
    page.append("written or the old one is left, unless the line says otherwise.\n");
    sessionFiles();
    sessionsThatDoNotDo();
    modelFiles();
    checkpoints();
    updates();
    places();
    trainings();
    Files.writeString(WRITTEN, page);
    assertEquals(Files.readString(DOCUMENT), page.toString(), WRITTEN + " is the new page");
  }

  private void sessionFiles() throws IOException {
    section("Session files");
    row("no such file", run(1, train("none.csv")));
    Files.createDirectories(folder.resolve("folder.csv"));
    row("a folder", run(1, train("folder.csv")));
    sessions("empty", "");
    sessions("only a header", HEADER);
    sessions("no header", "1,shoe,1\n1,sock,2\n");
    sessions("a missing column", "SessionId,Item,Time\n1,shoe,1\n");
    sessions("a doubled column", "SessionId,ItemId,Time,Time\n1,shoe,1,1\n");
    sessions("colons between fields", "SessionId:ItemId:Time\n1:shoe:1\n");
    sessions("names of another case", "session_id,item_id,time\n1,shoe,1\n");
    sessions("too few fields", CLICKS + "3,hat\n");
    sessions("too many fields", CLICKS + "3,hat,5,6\n");
    sessions("an empty session", CLICKS + ",hat,5\n");
    sessions("an empty item", CLICKS + "3,,5\n");
    sessions("an empty time", CLICKS + "3,hat,\n");
    sessions("a date after numbers", CLICKS + "3,hat,2026-11-30\n");
    sessions("a date of another form", HEADER + "3,hat,30.11.2026\n");
    sessions("a time that is no number", CLICKS + "3,hat,12:30\n");
    sessions("a time that is not finite", CLICKS + "3,hat,1e999\n");
    sessions("an item of 10 kB, a time that is none", CLICKS + "3,hat," + "z".repeat(10_000));
    sessions("NUL bytes", CLICKS + "3,hat,\0\0\n");
    sessions("lines that end in CR", CLICKS.replace('\n', '\r'));
    sessions("a quote that stays open", CLICKS + "3,\"hat,5\n4,hat,6\n");
    sessions("text after a quote", CLICKS + "3,\"hat\"s,5\n");
    sessions("not UTF-8", (CLICKS + "3,caf\u00e9,5\n").getBytes(StandardCharsets.ISO_8859_1));
    sessions("UTF-16", CLICKS.getBytes(StandardCharsets.UTF_16));
    sessions("zstd", new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0});
    sessions("Parquet", "PAR1\025\004");
    sessions("JSON Lines that are cut", "{\"SessionId\": 1,\n");
    sessions("a line of 10 MB", CLICKS + "3," + "z".repeat(10_000_000) + ",5\n");
    byte[] packed = gzip(CLICKS.repeat(1));
    sessions("a gzip file that was cut", Arrays.copyOf(packed, packed.length - 9));
    byte[] damaged = packed.clone();
    damaged[packed.length - 6] ^= 1;
    sessions("a damaged gzip file", damaged);
    sessions("a gzip bomb, a line without end", gzip(CLICKS + "\0".repeat(1 << 24)));
    sessions("two bad lines in four", CLICKS + "3,hat\n,hat,5\n", "--skip-bad-lines=0.25");
    sessions("only bad lines", HEADER + "1,shoe,x\n", "--skip-bad-lines=1");
    row("a share of bad lines above 1", run(2, train("shop.csv", "--skip-bad-lines=2")));
  }

  private void sessionsThatDoNotDo() throws IOException {
    section("Sound files with sessions that do not do");
    sessions("sessions of length one", HEADER + "1,shoe,1\n2,sock,2\n");
    sessions("one session, a part to be set aside", HEADER + "1,a,1\n1,b,2\n", fraction("0.5"));
    sessions("a part set aside without two clicks", CLICKS + "3,shoe,9\n", fraction("0.2"));
    write("later.csv", HEADER + "9,glove,1\n9,scarf,2\n");
    row(
        "validation without a known item",
        run(1, train("shop.csv", "--validation=" + folder + "/later.csv")));
    row("evaluation without a known item", run(1, evaluate("later.csv", "shop.safetensors")));
    write("later.csv", HEADER + "9,shoe,1\n8,sock,2\n");
    row(
        "validation without two clicks",
        run(1, train("shop.csv", "--validation=" + folder + "/later.csv")));
    row("evaluation without two clicks", run(1, evaluate("later.csv", "shop.safetensors")));
    row(
        "an unknown item to recommend for",
        run(1, List.of("recommend", "--model", "shop.safetensors", "--items", "glove")));
  }

  private static String fraction(String x) {
    return "--validation-fraction=" + x;
  }

  private static List<String> evaluate(String file, String model) {
    return List.of("evaluate", file, "--model", model);
  }

  /** A model file with another header or other data. */
  private void model(String what, UnaryOperator<String> header, UnaryOperator<byte[]> file)
      throws IOException {
    byte[] sound = Unchecked.of(Files.readAllBytes(folder.resolve("shop.safetensors")));
    int length = (int) ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String text =
        new String(sound, 8, length, StandardCharsets.UTF_8)
            .replaceAll("(\\\\\"seconds\\\\\":)[-+.E0-9]+", "$19.5") // messages give lengths
            .stripTrailing();
    byte[] changed = header.apply(text).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(sound.length - length + changed.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(changed.length).put(changed).put(sound, 8 + length, sound.length - 8 - length);
    byte[] bad = file.apply(bytes.array());
    assertTrue(!Arrays.equals(sound, bad), what);
    write("bad.safetensors", bad);
    row(what, run(1, List.of("inspect", "bad.safetensors")));
  }

  private void header(String what, String old, String by) throws IOException {
    model(what, text -> text.replaceFirst(old, by), bytes -> bytes);
  }

  private void bytes(String what, UnaryOperator<byte[]> change) throws IOException {
    model(what, text -> text, change);
  }

  private static byte[] headerLength(byte[] bytes, long length) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return bytes;
  }

  /** Moves the first tensor that does not begin with the data. */
  private static String shifted(String header, int by) {
    return Pattern.compile("\"data_offsets\":\\[([1-9]\\d*),(\\d+)")
        .matcher(header)
        .replaceFirst(
            m ->
                "\"data_offsets\":["
                    + (Integer.parseInt(m.group(1)) + by)
                    + ","
                    + (Integer.parseInt(m.group(2)) + by));
  }

  private void modelFiles() throws IOException {
    section("Model files");
    row("no such file", run(1, List.of("inspect", "none.safetensors")));
    row("a session file", run(1, evaluate("shop.csv", "shop.csv")));
    bytes("empty", bytes -> new byte[0]);
    bytes("a huge header length", bytes -> headerLength(bytes, Long.MAX_VALUE));
    bytes("a header longer than the file", bytes -> headerLength(bytes, 1_000_000));
    bytes("a header cut short", bytes -> headerLength(bytes, 99));
    bytes("data cut short", bytes -> Arrays.copyOf(bytes, bytes.length - 40));
    bytes("bytes behind the data", bytes -> Arrays.copyOf(bytes, bytes.length + 40));
    bytes(
        "a value that is no number",
        bytes -> {
          Arrays.fill(bytes, bytes.length - 20, bytes.length, (byte) -1);
          return bytes;
        });
    header("deep JSON", "\\{", "{\"x\":" + "[".repeat(100_000));
    header("not JSON", ":", "=");
    header("a missing tensor", "\"lin.bias\"", "\"lin.b\"");
    header("a doubled tensor", "\"lin.bias\"", "\"lin.weight\"");
    header("a negative shape", "\"shape\":\\[4", "\"shape\":[-4");
    header("another shape", "\"shape\":\\[4", "\"shape\":[5");
    header("a huge shape", "\"shape\":\\[4", "\"shape\":[9223372036854775807,4");
    model("overlapping tensors", text -> shifted(text, -4), bytes -> bytes);
    model("a hole between tensors", text -> shifted(text, 4), bytes -> bytes);
    header("another dtype", "\"dtype\":\"F32\"", "\"dtype\":\"F16\"");
    header("an unknown dtype", "\"dtype\":\"F32\"", "\"dtype\":\"F33\"");
    header("a later form", "\"gru4j\":\"1\"", "\"gru4j\":\"2\"");
    header("a history that is none", "\"gru4j.history\":\"\\[", "\"gru4j.history\":\"[7,");
    header("parameters that are none", "\"gru4j.parameters\":\"", "\"gru4j.parameters\":\"x");
    flipped("a flipped bit in a tensor", text -> text.length() + 4);
    flipped("a flipped bit in the header", text -> text.indexOf("hidden_size"));
    flipped("a flipped bit in a checksum", text -> text.indexOf("\"gru4j.crc32c.header") + 27);
    flipped("a flipped bit in a checksum's name", text -> text.indexOf("crc32c.header"));
  }

  /** One bit; the position is found in the header, and counts from its beginning. */
  private void flipped(String what, ToIntFunction<String> position) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("shop.safetensors"));
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    bytes[8 + position.applyAsInt(header)] ^= 1;
    write("bad.safetensors", bytes);
    String said = run(1, List.of("inspect", "--check", "bad.safetensors"));
    assertEquals(said, run(1, List.of("inspect", "bad.safetensors")), what);
    // The header has the seconds of the training, so its checksum is not the same twice.
    boolean ofHeader = said.contains("the header is damaged: its checksum is ");
    String masked = "checksum is ........, expected ........";
    row(what, ofHeader ? said.replaceAll("checksum is .*, expected .*", masked) : said);
  }

  private List<String> trainCheckpointed(String... flags) {
    List<String> words = train("shop.csv", flags);
    words.addAll(List.of("--checkpoint", "night.d"));
    return words;
  }

  private static List<String> update(String model, String file, String... flags) {
    List<String> words = new ArrayList<>(List.of("update", model, file));
    words.addAll(List.of("--model", "m.safetensors"));
    words.addAll(List.of(flags));
    return words;
  }

  private void updates() throws IOException {
    section("Updates");
    String model = "shop.safetensors";
    write("night.csv", HEADER + "3,shoe,11\n3,glove,12\n4,glove,13\n4,sock,14\n");
    row("no model", run(1, update("none.safetensors", "night.csv")));
    row("sessions for a model", run(1, update("night.csv", "night.csv")));
    byte[] sound = Files.readAllBytes(folder.resolve(model));
    byte[] damaged = sound.clone();
    damaged[damaged.length - 1] ^= 1;
    write("damaged.safetensors", damaged);
    row("a damaged model", run(1, update("damaged.safetensors", "night.csv")));
    row("no click that is new", run(1, update(model, "shop.csv")));
    row("sessions of length one", run(1, update(model, "later.csv")));
    row("no sessions", run(2, List.of("update", model, "--model", "m.safetensors")));
    row("a replay without a share", run(2, update(model, "night.csv", "--replay=shop.csv")));
    row(
        "times without a unit, items to be forgotten by age",
        run(1, update(model, "night.csv", "--forget-items-after=9d")));
    row("a new item for more epochs", run(1, train("night.csv", "--from", model)));
    row(
        "another network for more epochs",
        run(1, train("shop.csv", "--from", model, "--hidden-size=5")));
    row(
        "another estimator for more epochs",
        run(2, train("shop.csv", "--from", model, "--algorithm=neg_sampling")));
    run(0, train("shop.csv", "--keep-state", "--seed=2"));
    Files.move(folder.resolve("m.safetensors.state"), folder.resolve("shop.safetensors.state"));
    Files.delete(folder.resolve("m.safetensors"));
    row("a state of another model", run(1, update(model, "night.csv")));
    Files.delete(folder.resolve("shop.safetensors.state"));
    row("a model that went on from none", run(1, verify(model, "shop.csv", "--start", model)));
    write("night.csv", HEADER + "1,shoe,1\n1,sock,2\n2,shoe,3\n2,sock,4\n");
    row("verify, one click changed", run(1, verify(model, "night.csv")));
    assertArrayEquals(sound, Files.readAllBytes(folder.resolve(model)));
    assertTrue(Files.notExists(folder.resolve("m.safetensors")));
  }

  private static List<String> verify(String model, String file, String... flags) {
    List<String> words = new ArrayList<>(List.of("verify", model, file));
    words.addAll(List.of(flags));
    return words;
  }

  private void checkpoints() throws IOException, WorkException {
    section(
        "Checkpoints",
        "`--resume` where there is no checkpoint is no error: it says so, and starts anew.\n");
    Path file = folder.resolve("night.d/checkpoint.safetensors");
    Files.createDirectory(folder.resolve("night.d"));
    byte[] checkpoint = checkpoint();
    Files.delete(folder.resolve("night.d/checkpoint-before.safetensors"));
    write("night.d/checkpoint.safetensors", checkpoint);
    row("a checkpoint, no --resume", run(1, trainCheckpointed()));
    row("another parameter", run(1, trainCheckpointed("--resume", "--bptt=3")));
    row("validation that was not there", run(1, trainCheckpointed("--resume", fraction("0.5"))));
    write("shop.csv", CLICKS.replace("hat", "cap"));
    row("other ids", run(1, trainCheckpointed("--resume")));
    write("shop.csv", CLICKS + "3,shoe,5\n3,sock,6\n");
    row("other sessions", run(1, trainCheckpointed("--resume")));
    write("shop.csv", CLICKS);
    Files.copy(folder.resolve("shop.safetensors"), file, StandardCopyOption.REPLACE_EXISTING);
    row("a model in its place", run(1, trainCheckpointed("--resume")));
    Files.write(file, Arrays.copyOf(checkpoint, checkpoint.length - 1));
    row("cut short", run(1, trainCheckpointed("--resume")));
    byte[] flipped = checkpoint.clone();
    flipped[flipped.length - 1] ^= 64;
    Files.write(file, flipped);
    row("a flipped bit", run(1, trainCheckpointed("--resume")));
    assertArrayEquals(flipped, Files.readAllBytes(file));
    String text = new String(Unchecked.of(checkpoint), StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        text.replace("gru4j.checkpoint\":\"1", "gru4j.checkpoint\":\"2"),
        StandardCharsets.ISO_8859_1);
    row("of a later version", run(1, trainCheckpointed("--resume")));
    Files.delete(file);
    Path folder = this.folder.resolve("night.d");
    CheckpointLock other = CheckpointLock.of(folder);
    row("another training at work there", run(1, trainCheckpointed("--resume")));
    other.close();
    row("--resume without a folder", run(2, train("shop.csv", "--resume")));
  }

  /** The checkpoint of a training whose model cannot be written in the end. */
  private byte[] checkpoint() throws IOException {
    Path model = folder.resolve("m.safetensors");
    Path file = folder.resolve("night.d/checkpoint.safetensors");
    List<String> words = trainCheckpointed("--log-json=" + folder + "/log.json");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream err =
        new PrintStream(bytes, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.startsWith("training needs")) {
              try {
                Files.createDirectories(model);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    String[] args = words.stream().map(this::inFolder).toArray(String[]::new);
    assertEquals(
        1, Main.run(args, InputStream.nullInputStream(), System.out, err), bytes::toString);
    String fault = message(bytes.toString(StandardCharsets.UTF_8));
    row("a model that cannot be written in the end", fault.replace(folder.toString(), "DIR"));
    Files.delete(model);
    return Files.readAllBytes(file);
  }

  private void places() throws IOException {
    section("Places to write to", "All are looked at before any work is done.\n");
    row("a folder that is not there", run(1, replaceModel("none/m.safetensors")));
    row("a folder in place of the model", run(1, replaceModel("folder.csv")));
    row("an input in place of the model", run(2, replaceModel("shop.csv")));
    String one = folder + "/p.html";
    row("one file for two", run(2, train("shop.csv", "--report=" + one, "--log-json=" + one)));
    List<String> words = replaceModel(folder + "/night.d/checkpoint.lock");
    words.addAll(List.of("--checkpoint", "night.d"));
    row("the model in place of the checkpoints' lock", run(2, words));
    String name = "m".repeat(250) + ".safetensors";
    row("a name that is too long", run(1, replaceModel(name)).replace("m".repeat(250), "mmm..."));
    row("checkpoints below no folder", run(1, train("shop.csv", "--checkpoint", "none/night.d")));
    row("a file in place of their folder", run(1, train("shop.csv", "--checkpoint", "shop.csv")));
  }

  private List<String> replaceModel(String model) {
    List<String> words = train("shop.csv");
    words.set(words.indexOf("m.safetensors"), model);
    return words;
  }

  private void trainings() throws Exception {
    section("Trainings that go wrong");
    row("a parameter out of range", run(2, train("shop.csv", "--learning-rate=-1")));
    row("a parameter that is no number", run(2, train("shop.csv", "--bptt=many")));
    row("an unknown parameter", run(2, train("shop.csv", "--learning-rat=1")));
    row("an estimator that there is not", run(2, train("shop.csv", "--algorithm=bpr")));
    row("a parameter of the other estimator", run(2, train("shop.csv", "--loss-fn=bpr")));
    String neg = "--algorithm=neg_sampling";
    row(
        "a preset of the other estimator",
        run(2, train("shop.csv", neg, "--preset=official_rees46_xe")));
    row("no negatives", run(2, train("shop.csv", neg, "--num-negatives=0")));
    row(
        "negatives of the other estimator",
        run(2, train("shop.csv", neg, "--negatives=catalogue")));
    row("shared negatives in padded batches", run(2, train("shop.csv", "--negatives=shared")));
    String[] shared = {"--negatives=shared", "--batching=session_parallel"};
    row("shared negatives with bpr", run(2, train("shop.csv", neg, shared[0], shared[1])));
    row(
        "label smoothing over negatives",
        run(2, train("shop.csv", shared[0], shared[1], "--label-smoothing=0.1")));
    row(
        "neither samples nor other targets",
        run(2, train("shop.csv", shared[0], shared[1], "--num-samples=0", "--batch-size=1")));
    write("one.csv", HEADER + "1,shoe,1\n1,shoe,2\n");
    row("a catalogue of one item", run(1, train("one.csv", neg)));
    String sgd = "--optimization-algorithm=sgd";
    row(
        "a learning rate of 1e6",
        run(1, train("shop.csv", sgd, "--learning-rate=1e6", "--max-epochs=50")));
    row(
        "a momentum of 1",
        run(
            1,
            train("shop.csv", sgd, "--momentum=1", "--learning-rate=1000", "--max-epochs=9999")));
    row(
        "a learning rate of 1e38",
        run(1, train("shop.csv", sgd, "--learning-rate=1e38", "--max-epochs=50")));
    List<String> words = train(folder + "/shop.csv", "--hidden-size=20000", "--threads=2");
    words.set(words.indexOf("m.safetensors"), folder + "/m.safetensors");
    ChildJvm.End end =
        new ChildJvm(List.of(), List.of("-Xmx64m", "-XX:+UseSerialGC"), "io.gru4j.cli.Main", words)
            .end();
    assertEquals(1, end.status(), end.err());
    row("a heap that is too small", message(end.err()));
  }
}
