package io.gru4j.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AgeingPictureTest {
  private static final String HEADER =
      "slice,model,targets,recall,mrr,new_targets,new_recall,cpu_seconds\n";

  private static String slice(int slice, double stale, double updated, double retrained) {
    return "%d,stale,9,%s,0,1,0,NaN\n%d,updated,9,%s,0,1,0,1\n%d,retrained,9,%s,0,1,0,9\n"
        .formatted(slice, stale, slice, updated, slice, retrained);
  }

  @Test
  void dotsStandWhereTheNumbersAre() {
    String svg =
        AgeingPicture.draw(
                "a shop",
                "# settings\n" + HEADER + slice(0, 0.5, 0.5, 0.5) + slice(1, 0.3, 0.5, 0.6))
            .toString();
    List<double[]> dots =
        Pattern.compile("<circle class=\"\\w+\" cx=\"([\\d.]+)\" cy=\"([\\d.]+)\"")
            .matcher(svg)
            .results()
            .map(m -> new double[] {Double.parseDouble(m.group(1)), Double.parseDouble(m.group(2))})
            .toList();
    assertEquals(6, dots.size());
    double down = dots.get(1)[1] - dots.get(0)[1]; // the stale one's
    double up = dots.get(4)[1] - dots.get(5)[1];
    assertTrue(down > 100, "down: " + down);
    assertEquals(down / 2, up, 0.02, "half as far up as the other down");
    assertEquals(dots.get(2)[1], dots.get(3)[1], 0.01, "the updated one stays");
    assertEquals(dots.get(1)[0], dots.get(3)[0], 0, "of one slice");
    assertTrue(svg.contains("first model 0.4000; updated 0.5000; trained anew 0.5500."), svg);
  }

  @Test
  void otherLinesAreRefused() {
    for (String text :
        List.of(
            "",
            HEADER,
            slice(0, 1, 1, 1),
            HEADER + slice(1, 1, 1, 1),
            HEADER + slice(0, 1, 1, 1) + "1,stale,9,0.1,0,1,0,NaN\n",
            HEADER + "0,other,9,0.1,0,1,0,NaN\n")) {
      assertThrows(IllegalArgumentException.class, () -> AgeingPicture.draw("s", text), text);
    }
  }
}
