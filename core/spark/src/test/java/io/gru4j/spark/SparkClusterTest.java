package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** What the other tests build on: Spark starts, and its JVMs are those that Spark itself starts. */
class SparkClusterTest {

  @Test
  void thisJvmHasTheOptionsOfSparksLauncher() throws IOException {
    assertEquals(
        String.join("\n", JavaModuleOptions.defaultModuleOptionArray()),
        Files.readString(Path.of("src/test/jvm.options")).strip());
  }

  @Test
  void executorsAreOtherJvmsAndHaveTheVectorApi() throws InterruptedException {
    try (SparkCluster cluster = SparkCluster.start("local-cluster[2,1,1024]")) {
      cluster.await(2);
      List<Long> processes = cluster.processes();
      assertEquals(2, processes.size());
      assertFalse(processes.contains(ProcessHandle.current().pid()));
      String kernels =
          cluster
              .context()
              .parallelize(List.of(1, 2, 3, 4), 4)
              .map(i -> Backend.description())
              .collect()
              .stream()
              .distinct()
              .collect(Collectors.joining());
      assertTrue(kernels.startsWith("vector"), kernels);
      assertEquals(Backend.description(), kernels);
    }
  }
}
