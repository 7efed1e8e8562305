package io.gru4j.selection;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A results file of a search of four candidates, for tests outside this package. */
public final class SearchFileReading {
  /** How many candidates the search has. */
  public static final int CANDIDATES = 4;

  private SearchFileReading() {}

  private static Map<String, Object> parameters(int candidate) {
    return Map.of("bptt", candidate + 1);
  }

  private static SearchFile file(Path path) {
    return new SearchFile(
        path, new TreeMap<>(Map.of("data", "abc", "seed", 7L, "grid", List.of(1L, 2L))));
  }

  /**
   * Reads a file.
   *
   * @param path the file
   * @return how many results there are
   * @throws IOException if the file is no such file
   */
  public static int read(Path path) throws IOException {
    return file(path).read(SearchFileReading::parameters, CANDIDATES).size();
  }

  /**
   * Writes a sound file.
   *
   * @param path the file
   * @param results how many candidates have a result
   * @throws IOException if writing fails
   */
  public static void write(Path path, int results) throws IOException {
    file(path)
        .write(
            IntStream.range(0, results)
                .mapToObj(i -> new SearchResult(i, parameters(i), 0.5, 3, 1.5, 0, null))
                .toList());
  }
}
