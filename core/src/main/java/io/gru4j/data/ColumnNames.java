package io.gru4j.data;

import java.util.List;
import java.util.Locale;

/** The names that a file has, for messages about one that it does not have. */
final class ColumnNames {
  private static final int SHOWN = 20;

  private ColumnNames() {}

  /** Names in quotes, the first of them if there are many. */
  static String shown(List<String> names) {
    StringBuilder text = new StringBuilder();
    for (String name : names.subList(0, Math.min(SHOWN, names.size()))) {
      text.append(text.isEmpty() ? "" : ", ").append(SessionFileException.quoted(name));
    }
    return text.append(names.size() > SHOWN ? ", ..." : "").toString();
  }

  /** The end of a message that proposes what was meant; empty if no name is like it. */
  static String meant(String name, List<String> names) {
    for (String each : names) {
      if (plain(each).equals(plain(name))) {
        boolean spaced = each.indexOf(' ') >= 0;
        return "; did you mean " + (spaced ? SessionFileException.quoted(each) : each) + "?";
      }
    }
    return "";
  }

  /** Names are alike if they differ in case, spaces and underscores only. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[ _.-]", "");
  }
}
