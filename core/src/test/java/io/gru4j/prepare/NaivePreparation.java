package io.gru4j.prepare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules once more, with lists and maps, one rule a method: what tests compare with. */
public final class NaivePreparation {
  private NaivePreparation() {}

  /** A click; {@code accepted} if its row meets the conditions. */
  public record Click(String session, String item, long time, boolean accepted) {}

  /** Sessions by first appearance, each in the order of time, equal times in that of the list. */
  public static List<List<Click>> sessions(List<Click> clicks) {
    Map<String, List<Click>> sessions = new LinkedHashMap<>();
    for (Click click : clicks) {
      sessions.computeIfAbsent(click.session(), key -> new ArrayList<>()).add(click);
    }
    List<List<Click>> sorted = new ArrayList<>(sessions.values());
    sorted.forEach(session -> session.sort(Comparator.comparingLong(Click::time)));
    return sorted;
  }

  public static List<List<Click>> gap(List<List<Click>> sessions, long gap) {
    List<List<Click>> result = new ArrayList<>();
    for (List<Click> session : sessions) {
      int part = 0;
      long last = 0;
      List<Click> current = null;
      for (Click click : session) {
        if (current == null || click.time() - last > gap) {
          part++;
          current = new ArrayList<>();
          result.add(current);
        }
        last = click.time();
        String id = click.session() + "#" + part;
        current.add(new Click(id, click.item(), click.time(), click.accepted()));
      }
    }
    return result;
  }

  public static List<List<Click>> where(List<List<Click>> sessions) {
    return mapped(sessions, session -> session.stream().filter(Click::accepted).toList());
  }

  public static List<List<Click>> collapse(List<List<Click>> sessions) {
    return mapped(
        sessions,
        session -> {
          List<Click> kept = new ArrayList<>();
          for (Click click : session) {
            if (kept.isEmpty() || !kept.getLast().item().equals(click.item())) {
              kept.add(click);
            }
          }
          return kept;
        });
  }

  public static List<List<Click>> cut(List<List<Click>> sessions, int length) {
    return mapped(sessions, session -> session.subList(0, Math.min(length, session.size())));
  }

  public static List<List<Click>> drop(List<List<Click>> sessions, int length) {
    return mapped(sessions, session -> session.size() > length ? List.of() : session);
  }

  public static List<List<Click>> counts(List<List<Click>> sessions, int items, int length) {
    List<List<Click>> before;
    List<List<Click>> now = sessions;
    do {
      before = now;
      Map<String, Integer> counts = new HashMap<>();
      before.forEach(s -> s.forEach(click -> counts.merge(click.item(), 1, Integer::sum)));
      now =
          longEnough(
              mapped(before, s -> s.stream().filter(c -> counts.get(c.item()) >= items).toList()),
              length);
    } while (!now.equals(before));
    return now;
  }

  public static List<List<Click>> longEnough(List<List<Click>> sessions, int length) {
    return mapped(sessions, session -> session.size() < length ? List.of() : session);
  }

  public static List<List<Click>> startingFrom(List<List<Click>> sessions, long time) {
    return mapped(sessions, s -> s.getFirst().time() >= time ? s : List.of());
  }

  /** What starts before a time, without the clicks at it or after it. */
  public static List<List<Click>> before(List<List<Click>> sessions, long time) {
    return mapped(
        sessions, session -> session.stream().filter(click -> click.time() < time).toList());
  }

  public static List<List<Click>> knownTo(List<List<Click>> sessions, List<List<Click>> train) {
    Set<String> items =
        train.stream().flatMap(List::stream).map(Click::item).collect(Collectors.toSet());
    return mapped(sessions, s -> s.stream().filter(click -> items.contains(click.item())).toList());
  }

  public static long last(List<List<Click>> sessions) {
    return sessions.stream().flatMap(List::stream).mapToLong(Click::time).max().orElseThrow();
  }

  private interface Rule {
    List<Click> of(List<Click> session);
  }

  private static List<List<Click>> mapped(List<List<Click>> sessions, Rule rule) {
    List<List<Click>> result = new ArrayList<>();
    for (List<Click> session : sessions) {
      List<Click> left = rule.of(session);
      if (!left.isEmpty()) {
        result.add(left);
      }
    }
    return result;
  }

  /** The lines of a session file: session, item, time. */
  public static String text(List<List<Click>> sessions) {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    sessions.stream()
        .sorted(Comparator.comparingLong(session -> session.getFirst().time()))
        .flatMap(List::stream)
        .forEach(
            click ->
                text.append(click.session())
                    .append('\t')
                    .append(click.item())
                    .append('\t')
                    .append(click.time())
                    .append('\n'));
    return text.toString();
  }
}
