package io.gru4j.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Draws the pictures of the tour, and the curves of the accuracy page where their results are
 * beside it. From the project's folder:
 *
 * <pre>java core/src/test/java/io/gru4j/docs/Pictures.java core/docs/pictures</pre>
 */
final class Pictures {
  private static final Map<String, Supplier<Svg>> ALL =
      Map.of(
          "cell.svg", CellPicture::draw,
          "unrolled.svg", UnrolledPicture::draw,
          "softmax.svg", SoftmaxPicture::draw,
          "fused.svg", FusedPicture::draw,
          "running-maximum.svg", RunningMaximumPicture::draw,
          "panels.svg", PanelsPicture::draw,
          "register-tile.svg", RegisterTilePicture::draw);

  /** What the benchmark LearningCurves printed. */
  private static final String RESULTS = "learning-curves.csv";

  /** What the benchmark UpdateSlices wrote, by the name of the file and the picture. */
  private static final Map<String, String> SETS =
      Map.of("ageing-yoochoose", "Yoochoose 1/64", "ageing-diginetica", "Diginetica");

  private Pictures() {}

  /**
   * Writes all pictures.
   *
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, String> picture : all(Path.of(args[0])).entrySet()) {
      Files.writeString(Path.of(args[0], picture.getKey()), picture.getValue());
    }
  }

  /**
   * The text of each picture by its file name.
   *
   * @param folder where the pictures are; the results lie beside it
   */
  static Map<String, String> all(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    ALL.forEach((name, picture) -> texts.put(name, picture.get().toString()));
    Path results = folder.resolveSibling(RESULTS);
    if (Files.exists(results)) {
      Svg curves = LearningCurvesPicture.draw(Files.readString(results));
      texts.put("learning-curves.svg", curves.toString());
    }
    for (Map.Entry<String, String> set : SETS.entrySet()) {
      Path slices = folder.resolveSibling(set.getKey() + ".csv");
      if (Files.exists(slices)) {
        Svg ageing = AgeingPicture.draw(set.getValue(), Files.readString(slices));
        texts.put(set.getKey() + ".svg", ageing.toString());
      }
    }
    return texts;
  }
}
