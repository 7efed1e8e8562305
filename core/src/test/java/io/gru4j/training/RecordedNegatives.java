package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Recording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The negatives of a recorded run, step by step, which also sees whether targets are its own. */
final class RecordedNegatives implements NegativeSource {

  /** A step: its targets in the order of a chunk, and the negatives in that order. */
  private record Step(int[] targets, int[] negatives) {}

  private final String name;
  private final boolean ordered; // or the targets are those of lanes in any order
  private final List<Step> steps = new ArrayList<>();
  private int drawn;

  private RecordedNegatives(String name, boolean ordered) {
    this.name = name;
    this.ordered = ordered;
  }

  /** Negatives of each target on its own: time step by time step, the longest session first. */
  static RecordedNegatives own(Recording recording) {
    RecordedNegatives source = new RecordedNegatives(recording.name(), true);
    for (Object epoch : recording.list("negatives")) {
      for (int b = 0; b < ((List<?>) epoch).size(); b++) {
        Map<?, ?> batch = (Map<?, ?>) recording.list("batches").get(b);
        List<?> negatives = (List<?>) ((List<?>) epoch).get(b);
        int from = 0;
        for (Object width : (List<?>) batch.get("chunkWidths")) {
          int to = from + ((Number) width).intValue();
          source.addChunk(
              (List<?>) batch.get("targets"), negatives, from, to, recording.integer("padToken"));
          from = to;
        }
      }
    }
    return source;
  }

  private void addChunk(List<?> targets, List<?> negatives, int from, int to, int pad) {
    List<Integer> ofTargets = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    for (int t = from; t < to; t++) {
      for (int row = 0; row < targets.size(); row++) {
        int target = ((Number) ((List<?>) targets.get(row)).get(t)).intValue();
        if (target != pad) {
          ofTargets.add(target);
          for (Object negative : (List<?>) ((List<?>) negatives.get(row)).get(t)) {
            all.add(((Number) negative).intValue());
          }
        }
      }
    }
    if (!ofTargets.isEmpty()) {
      steps.add(new Step(ints(ofTargets), ints(all)));
    }
  }

  /** Samples that all targets of a step share. */
  static RecordedNegatives shared(Recording recording) {
    RecordedNegatives source = new RecordedNegatives(recording.name(), false);
    List<?> schedule = (List<?>) recording.map("schedule").get("steps");
    for (Object step : recording.list("steps")) {
      Map<?, ?> recorded = (Map<?, ?>) step;
      int number = ((Number) recorded.get("step")).intValue();
      int[] targets = ints((List<?>) ((Map<?, ?>) schedule.get(number)).get("targets"));
      source.steps.add(new Step(sorted(targets), ints((List<?>) recorded.get("samples"))));
    }
    return source;
  }

  private static int[] ints(List<?> numbers) {
    return numbers.stream().mapToInt(number -> ((Number) number).intValue()).toArray();
  }

  private static int[] sorted(int[] numbers) {
    int[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  @Override
  public void draw(long step, int[] targets, int count, int[] into, int negatives) {
    String at = name + ", step " + step;
    assertEquals(drawn, step, at + ": number");
    assertTrue(step < steps.size(), at + " is not recorded");
    Step recorded = steps.get(drawn++);
    int[] ofStep = Arrays.copyOf(targets, count);
    assertArrayEquals(recorded.targets, ordered ? ofStep : sorted(ofStep), at + ": targets");
    assertEquals(recorded.negatives.length, negatives, at + ": negatives");
    System.arraycopy(recorded.negatives, 0, into, 0, negatives);
  }

  /** Says that training has ended. */
  void end() {
    assertEquals(steps.size(), drawn, name + ": steps with negatives");
  }
}
