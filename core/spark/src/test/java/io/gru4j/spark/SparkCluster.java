package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A real Spark: in this JVM for {@code local[2]}, with executors in JVMs of their own for {@code
 * local-cluster[2,1,1024]}. There is one in a JVM at a time; {@link #close} stops it.
 *
 * <p>Executors are started from SPARK_HOME, which the build sets to a folder below target: here it
 * gets the jars of the class path. What is no jar, the classes of the modules, goes onto their
 * class path.
 */
final class SparkCluster implements AutoCloseable {
  private final SparkSession session;

  private SparkCluster(SparkSession session) {
    this.session = session;
  }

  /**
   * Starts Spark.
   *
   * @param settings name and value by turns, over those of the tests
   */
  static SparkCluster start(String master, String... settings) {
    Path home = home();
    SparkSession.Builder builder =
        SparkSession.builder()
            .master(master)
            .appName("gru4j")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", home.resolveSibling("spark-local").toString())
            .config("spark.sql.warehouse.dir", home.resolveSibling("warehouse").toString())
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.executor.memory", "640m")
            .config("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"))
            .config("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1")
            .config("spark.executor.extraClassPath", folders());
    for (int i = 0; i < settings.length; i += 2) {
      builder.config(settings[i], settings[i + 1]);
    }
    return new SparkCluster(builder.getOrCreate());
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** Waits until so many executors are there. */
  void await(int executors) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    int driver = 1;
    while (context().statusTracker().getExecutorInfos().length < driver + executors) {
      assertTrue(System.nanoTime() < end, "no " + executors + " executors after three minutes");
      Thread.sleep(50);
    }
  }

  /** The process ids of the executors that now run tasks, or this JVM's own. */
  List<Long> processes() {
    int tasks = 8 * session.sparkContext().defaultParallelism();
    return List.copyOf(
        new TreeSet<>(
            context()
                .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
                .map(
                    i -> {
                      Thread.sleep(20);
                      return ProcessHandle.current().pid();
                    })
                .collect()));
  }

  @Override
  public void close() {
    session.stop();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
  }

  private static Stream<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists);
  }

  private static String folders() {
    List<String> folders = new ArrayList<>();
    classPath().filter(Files::isDirectory).forEach(each -> folders.add(each.toString()));
    return String.join(File.pathSeparator, folders);
  }

  /** Makes the folder that looks like an installed Spark, if it is not there yet. */
  private static Path home() {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    try {
      Path jars = Files.createDirectories(home.resolve("jars"));
      for (Path jar : classPath().filter(each -> !Files.isDirectory(each)).toList()) {
        Path link = jars.resolve(jar.getFileName());
        if (!Files.exists(link)) {
          Files.deleteIfExists(link);
          Files.createSymbolicLink(link, jar.toAbsolutePath());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return home;
  }
}
