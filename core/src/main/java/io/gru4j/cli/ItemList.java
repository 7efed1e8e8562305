package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.file.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The items of a text with an id a line.
 *
 * @param ids those that the model knows; white spaces around an id are no part of it, unless the
 *     model knows it with them
 * @param unknown how many others there are
 */
public record ItemList(List<String> ids, long unknown) {

  /** Finds a model's items. */
  public static ItemList of(List<String> lines, IdMap items) {
    List<String> ids = new ArrayList<>();
    long unknown = 0;
    for (String text : lines) {
      if (items.indexOf(text) >= 0) {
        ids.add(text);
      } else if (items.indexOf(text.strip()) >= 0) {
        ids.add(text.strip());
      } else {
        unknown += text.isBlank() ? 0 : 1;
      }
    }
    return new ItemList(ids, unknown);
  }

  /** What to say if the model does not know some of {@code what}. */
  public Optional<String> doubt(String what) {
    return unknown == 0
        ? Optional.empty()
        : Optional.of(
            OneLine.of(what)
                + ": "
                + Numbers.count(unknown, "item")
                + " that the model does not know, of "
                + Numbers.count(unknown + ids.size()));
  }
}
