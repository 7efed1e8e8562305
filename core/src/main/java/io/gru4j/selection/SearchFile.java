package io.gru4j.selection;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.tensor.RandomStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The results of a search that may be interrupted and resumed: lines of JSON. The first line
 * identifies the search, each other line has the result of one candidate. The file is replaced
 * after every candidate; a crash leaves the old file or the new one, complete.
 */
final class SearchFile {
  private final Path file;
  private final Map<String, Object> search;

  /**
   * Names a file.
   *
   * @param search identifies the search: strings, numbers, lists and maps
   */
  SearchFile(Path file, Map<String, Object> search) {
    this.file = file;
    this.search = search;
  }

  /**
   * Reads the results there are; none if there is no file.
   *
   * @param parameters of a candidate
   * @param candidates how many there are
   * @throws IOException if the file is of another search or no such file; the message says why
   */
  List<SearchResult> read(IntFunction<Map<String, Object>> parameters, int candidates)
      throws IOException {
    List<SearchResult> results = new ArrayList<>();
    if (!Files.exists(file)) {
      return results;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is no file of search results: it is not UTF-8", e);
    }
    checkSearch(lines.isEmpty() ? "" : lines.getFirst());
    boolean[] seen = new boolean[candidates];
    for (int i = 1; i < lines.size(); i++) {
      SearchResult result = parse(i + 1, lines.get(i), parameters, candidates);
      if (seen[result.candidate()]) {
        throw fault(i + 1, "candidate " + result.candidate() + " is there twice");
      }
      seen[result.candidate()] = true;
      results.add(result);
    }
    return results;
  }

  private void checkSearch(String line) throws IOException {
    Map<?, ?> found;
    try {
      found = (Map<?, ?>) Json.parse(line);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw fault(1, "this is no file of search results");
    }
    Map<?, ?> expected = (Map<?, ?>) Json.parse(Json.write(search));
    for (Map.Entry<?, ?> entry : expected.entrySet()) {
      Object other = found.get(entry.getKey());
      if (!entry.getValue().equals(other)) {
        throw fault(
            1,
            "these are the results of another search: its %s is %s, that of this one %s"
                .formatted(entry.getKey(), other, entry.getValue()));
      }
    }
  }

  private SearchResult parse(
      int line, String text, IntFunction<Map<String, Object>> parameters, int candidates)
      throws IOException {
    try {
      Map<?, ?> entry = (Map<?, ?>) Json.parse(text);
      long candidate = (Long) entry.get("candidate");
      if (candidate < 0 || candidate >= candidates) {
        throw fault(line, "candidate " + candidate + " is outside [0, " + candidates + ")");
      }
      Map<String, Object> params = parameters.apply((int) candidate);
      if (!Json.parse(Json.write(params)).equals(entry.get("parameters"))) {
        throw fault(
            line,
            "candidate %d has the parameters %s, expected %s"
                .formatted(candidate, entry.get("parameters"), params));
      }
      Number score = (Number) entry.get("score");
      String failure = (String) entry.get("failure");
      if ((score == null) == (failure == null)) {
        throw fault(line, "expected either a score or a failure");
      }
      return new SearchResult(
          (int) candidate,
          params,
          score == null ? Double.NaN : score.doubleValue(),
          ((Number) entry.get("epochs")).intValue(),
          ((Number) entry.get("seconds")).doubleValue(),
          0,
          failure);
    } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
      throw fault(line, "this is no result of a candidate");
    }
  }

  private IOException fault(int line, String what) {
    return new IOException(file + ":" + line + ": " + OneLine.of(what, 1000));
  }

  void write(List<SearchResult> results) throws IOException {
    StringBuilder text = new StringBuilder(Json.write(search)).append('\n');
    for (SearchResult result : results) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("candidate", result.candidate());
      entry.put("parameters", result.parameters());
      entry.put("score", result.failed() ? null : result.score());
      entry.put("epochs", result.epochs());
      entry.put("seconds", result.seconds());
      entry.put("failure", result.failure());
      text.append(Json.write(entry)).append('\n');
    }
    AtomicFile.writeText(file, text.toString());
  }

  /** A hash that almost certainly differs for other data. */
  static String fingerprint(InteractionMatrix x, IdMap items, Validation validation) {
    long hash = mix(0, x);
    for (int i = 0; i < items.size(); i++) {
      hash = RandomStream.at(hash, items.idOf(i).hashCode());
    }
    hash = mix(mix(hash, validation.in()), validation.out());
    return Long.toHexString(hash);
  }

  private static long mix(long start, InteractionMatrix matrix) {
    long hash = RandomStream.at(start, matrix.numUsers());
    hash = RandomStream.at(hash, matrix.numItems());
    for (int user = 0; user < matrix.numUsers(); user++) {
      hash = RandomStream.at(hash, matrix.historyLength(user));
      for (int position = 0; position < matrix.historyLength(user); position++) {
        hash = RandomStream.at(hash, matrix.item(user, position));
        hash = RandomStream.at(hash, Double.doubleToLongBits(matrix.timestamp(user, position)));
      }
    }
    return hash;
  }
}
