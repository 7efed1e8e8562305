package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.SessionFileException;
import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A served model's titles: in answers and searches, read again with the model. */
class TitlesTest {
  private static final FittedModel MODEL = TestModel.make(5);
  private static final String HEAD = "ItemId\tTitle\tPicture\n";

  @TempDir Path folder;
  private Path file;
  private Path titles;
  private final List<String> log = new CopyOnWriteArrayList<>();

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("m.safetensors");
    titles = folder.resolve("titles.tsv");
    MODEL.save(file);
    Files.writeString(
        titles, HEAD + "item3\tRed shoe\thttps://shop/3.png\nitem5\tA sock\t\nitem9\tSock\t\n");
  }

  private RecommendServer start() throws IOException {
    return RecommendServer.start(
        new RecommendServer.Settings(file, "localhost", 0, 1, 9).withTitles(titles), log::add);
  }

  private static Map<?, ?> recommended(Client client, String item) throws Exception {
    Map<String, Object> body =
        Map.of("items", List.of("item2"), "candidates", List.of(item), "k", 1);
    return (Map<?, ?>) ((List<?>) client.recommend(body).json().get("recommendations")).getFirst();
  }

  @Test
  void answersHaveThem() throws Exception {
    try (RecommendServer server = start();
        Client client = new Client(server.address().getPort())) {
      assertEquals(
          List.of(
              titles
                  + ": 3 of 83 items have a title; rows of items that the model does not know: 0"),
          log);
      Map<?, ?> shoe = recommended(client, "item3");
      assertEquals("Red shoe", shoe.get("title"));
      assertEquals("https://shop/3.png", shoe.get("picture"));
      Map<?, ?> sock = recommended(client, "item9");
      assertEquals("Sock", sock.get("title"));
      assertFalse(sock.containsKey("picture"));
      assertFalse(recommended(client, "item4").containsKey("title"));

      Map<String, Object> found = client.get("/items?q=shoe").json();
      assertEquals(List.of("item3"), found.get("items"));
      assertEquals(List.of("Red shoe"), found.get("titles"));
      found = client.get("/items?q=SOCK").json(); // what begins with it comes first
      assertEquals(List.of("item9", "item5"), found.get("items"));
      found = client.get("/items?q=item4&limit=1").json();
      assertEquals(Arrays.asList((Object) null), found.get("titles"));
    }
  }

  @Test
  void aReloadReadsThemAgain() throws Exception {
    try (RecommendServer server = start();
        Client client = new Client(server.address().getPort())) {
      String token = client.recommend(Map.of("items", List.of("item3"))).token();
      Files.writeString(titles, HEAD + "item3\tBlue shoe\t\n");
      assertTrue(server.reload());
      assertEquals("Blue shoe", recommended(client, "item3").get("title"));
      assertFalse(recommended(client, "item9").containsKey("title"));
      assertEquals(200, client.recommend(Map.of("session", token)).status());

      TestModel.make(6).save(file);
      Files.writeString(titles, HEAD + "item3\tGreen shoe\t\n");
      assertTrue(server.reload());
      assertEquals("Green shoe", recommended(client, "item3").get("title"));

      String model = server.model().fingerprint();
      MODEL.save(file);
      Files.writeString(titles, HEAD + "item3\t\t\n");
      assertFalse(server.reload());
      assertEquals(model, server.model().fingerprint());
      assertEquals("Green shoe", recommended(client, "item3").get("title"));
      assertTrue(
          log.getLast().contains("titles.tsv:2: Title is empty")
              && log.getLast().endsWith("the old model stays"),
          log.getLast());
    }
  }

  @Test
  void aServerWithABadFileDoesNotStart() throws IOException {
    Files.writeString(titles, HEAD + "item3\tShoe\t\nitem3\tShoe\t\n");
    String message = assertThrows(SessionFileException.class, this::start).getMessage();
    assertEquals(titles + ":3: ItemId \"item3\" is there twice, first on line 2", message);
    titles = folder;
    assertEquals(
        folder + ": is not a regular file, expected a table of titles",
        assertThrows(IOException.class, this::start).getMessage());
  }
}
