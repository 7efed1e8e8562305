package io.gru4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A child JVM that measures one side of a row, round by round; the other end of {@link Rounds}. */
final class Side implements AutoCloseable {

  private static final String LIBTORCH = "io.gru4j.bench.Theirs";

  private final String name;
  private final Process process;
  private final BufferedReader out;
  private final Writer in;

  private Side(String name, List<String> options, Map<String, String> environment, String... main)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-XX:+UseG1GC");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(main));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    // Such settings would slow the peer down.
    builder.environment().remove("OPENBLAS_CORETYPE");
    builder.environment().remove("OPENBLAS_L2_SIZE");
    this.name = name;
    this.process = builder.start();
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
  }

  /**
   * Starts gru4j's side on a task. The JVM touches all pages of the heap before the first round;
   * otherwise each round would take new pages until the first garbage collection. libtorch keeps
   * its pages from round to round as well.
   */
  static Side ours(String... task) throws IOException {
    return ours(heap("2g"), task);
  }

  /** The options for a heap of that size, all of it touched before the first round. */
  static List<String> heap(String size) {
    return List.of(
        "-Xms" + size, "-Xmx" + size, "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages");
  }

  /** Starts gru4j's side on a task, with other options of the JVM. */
  static Side ours(List<String> options, String... task) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.add("-Dgru4j.kernels=vector");
    return new Side("gru4j", all, Map.of(), join("io.gru4j.bench.Ours", task));
  }

  /**
   * Starts libtorch's side on a task, with the settings that were the best for it: glibc keeps
   * freed memory on huge pages instead of returning it to the system, and OpenBLAS has as many
   * threads as torch.
   *
   * @param loop {@code best} or {@code recpack}
   * @param more settings of its environment, over these
   */
  static Side libtorch(String loop, int threads, Map<String, String> more, String... task)
      throws IOException {
    String number = Integer.toString(threads);
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "MALLOC_TRIM_THRESHOLD_",
                "4294967296",
                "MALLOC_MMAP_THRESHOLD_",
                "4294967296",
                "MALLOC_TOP_PAD_",
                "268435456",
                "GLIBC_TUNABLES",
                "glibc.malloc.hugetlb=1",
                "OMP_NUM_THREADS",
                number,
                "OPENBLAS_NUM_THREADS",
                number));
    environment.putAll(more);
    List<String> options =
        List.of(
            "-Xmx2g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");
    return new Side("libtorch " + loop, options, environment, join(LIBTORCH, join(loop, task)));
  }

  /** Whether our loop on libtorch is in the jar, and libtorch beside it on the class path. */
  static boolean hasLibtorch() {
    try {
      Class.forName(LIBTORCH, false, Side.class.getClassLoader());
      Class.forName("org.bytedeco.pytorch.Tensor", false, Side.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static String[] join(String first, String... others) {
    return Stream.concat(Stream.of(first), Stream.of(others)).toArray(String[]::new);
  }

  /** Waits until the side is warm; returns whether it is. */
  boolean isReady() throws IOException {
    return figures() != null;
  }

  /** Makes one round. */
  double[] round() throws IOException {
    in.write("go\n");
    in.flush();
    double[] figures = figures();
    if (figures == null) {
      throw new IllegalStateException(name + " ended: see its message above");
    }
    return figures;
  }

  /** The next line that begins with "=", others go to stderr; null at the end of the output. */
  private double[] figures() throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("= ready")) {
        return new double[0];
      }
      if (line.startsWith("= ")) {
        return Stream.of(line.substring(2).split(" ")).mapToDouble(Double::parseDouble).toArray();
      }
      System.err.println(line);
    }
    return null;
  }

  /** Ends the process. */
  @Override
  public void close() throws IOException {
    process.destroy();
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
