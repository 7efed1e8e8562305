package io.gru4j.cli;

import io.gru4j.data.IdMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Sessions from stdin, one a line: the ids of its items, the oldest click first. */
final class SessionLines {
  private final Console console;
  private final Pattern between;

  /**
   * Reads what the console brings.
   *
   * @param between what stands between two items
   */
  SessionLines(Console console, Pattern between) {
    this.console = console;
    this.between = between;
  }

  /** Recommends for each line, as it comes. */
  void recommend(RecommendOutput output) throws WorkException, IOException {
    if (console.typed()) {
      console
          .err()
          .println(
              "type a session, its items with "
                  + between.pattern().replaceAll("\\\\Q|\\\\E", "").replace("\t", "a tab")
                  + " between them, and Enter; Ctrl-D ends");
    }
    // An explicit decoder refuses bytes that are not UTF-8; a reader of the charset would replace
    // them.
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(console.in(), StandardCharsets.UTF_8.newDecoder()));
    long number = 0;
    long sessions = 0;
    try {
      for (String text = reader.readLine();
          text != null && !output.failed(); // stdout may be closed, as head does
          text = reader.readLine()) {
        number++;
        List<String> session = split(text, between, output.model().items());
        if (!session.isEmpty()) {
          sessions++;
          output.session(number, session);
          if (console.typed()) {
            output.flush();
          }
        }
      }
    } catch (CharacterCodingException e) {
      throw new WorkException("stdin is not UTF-8, after line " + number);
    } catch (IllegalArgumentException e) {
      throw new WorkException("stdin:" + number + ": " + e.getMessage());
    }
    if (sessions == 0) {
      console.err().println("stdin has no session");
    }
  }

  /**
   * An id may start or end with white space: a text that the model knows is used without trimming.
   */
  static List<String> split(String text, Pattern between, IdMap known) {
    List<String> items = new ArrayList<>();
    for (String item : between.split(text)) {
      if (known.indexOf(item) >= 0) {
        items.add(item);
      } else if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }
}
