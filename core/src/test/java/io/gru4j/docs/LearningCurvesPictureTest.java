package io.gru4j.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LearningCurvesPictureTest {
  private static final String HEADER = "curve,epoch,seconds,recall,mrr\n";

  private static List<double[]> dots(String svg) {
    return Pattern.compile("<circle class=\"\\w+\" cx=\"([\\d.]+)\" cy=\"([\\d.]+)\"")
        .matcher(svg)
        .results()
        .map(m -> new double[] {Double.parseDouble(m.group(1)), Double.parseDouble(m.group(2))})
        .toList();
  }

  @Test
  void dotsStandWhereTheNumbersAre() {
    String svg =
        LearningCurvesPicture.draw(
                "# settings\n"
                    + HEADER
                    + "full,1,10,0.30,0.1\nfull,2,100,0.40,0.1\nfull,3,1000,0.50,0.1\n")
            .toString();
    List<double[]> dots = dots(svg);
    assertEquals(3, dots.size());
    for (int axis = 0; axis < 2; axis++) { // equal ratios of time, equal differences of recall
      double first = dots.get(1)[axis] - dots.get(0)[axis];
      double second = dots.get(2)[axis] - dots.get(1)[axis];
      assertEquals(first, second, 0.02, "axis " + axis);
      assertTrue(axis == 0 ? first > 100 : first < -100, "right and up: " + first);
    }
  }

  @Test
  void saysWhenACurveReaches99PercentOfTheFullSoftmax() {
    String svg =
        LearningCurvesPicture.draw(
                HEADER
                    + "full,1,100,0.40,0.1\nfull,2,200,0.50,0.1\n"
                    + "sampled,1,20,0.39,0.1\nsampled,2,40,0.51,0.1\n"
                    + "bpr,1,20,0.30,0.1\nbpr,2,40,0.494,0.1\n")
            .toString();
    assertTrue(
        svg.contains(">195 s to dashed line<"), "0.495 lies 0.95 of the way from 100 to 200");
    assertTrue(svg.contains(">38 s to dashed line<"), "and 0.875 of the way from 20 to 40");
    assertTrue(svg.contains(">never at the dashed line<"));
    assertTrue(svg.contains("sampled cross-entropy: 0.5100 at best, after 40 seconds in all"));
  }

  @Test
  void withoutTheFullSoftmaxNothingIsCompared() {
    String svg = LearningCurvesPicture.draw(HEADER + "official,1,3,0.4,0.1\n").toString();
    assertFalse(svg.contains("dashed line"));
    assertEquals(1, dots(svg).size());
  }

  @Test
  void otherLinesAreRefused() {
    for (String text :
        List.of(
            "", HEADER, "full,1,10,0.3,0.1\n", HEADER + "full,1,10,0.3\n", HEADER + "a,b,c,d,e")) {
      assertThrows(IllegalArgumentException.class, () -> LearningCurvesPicture.draw(text), text);
    }
  }
}
