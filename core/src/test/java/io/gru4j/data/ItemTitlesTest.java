package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of titles: what is kept, and how a bad row is named. */
class ItemTitlesTest {
  private static final IdMap ITEMS = IdMap.of(List.of("shoe", "sock", "hat"));

  @TempDir Path folder;

  private ItemTitles read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("titles.csv"), text, StandardCharsets.UTF_8);
    return ItemTitles.read(file, ITEMS);
  }

  private String refused(String text) {
    String message = assertThrows(SessionFileException.class, () -> read(text)).getMessage();
    return message.replace(folder + "/", "");
  }

  @Test
  void titlesBelongToTheirItems() throws IOException {
    ItemTitles titles =
        read(
            "Title,x,ItemId,Picture\n\"Sock, \"\"warm\"\"\",1,sock,https://shop/sock.png\n"
                + "<b>H\u00fctte</b>,2,hat,\nScarf,3,scarf,\n");
    assertEquals("Sock, \"warm\"", titles.title(1));
    assertEquals("https://shop/sock.png", titles.picture(1));
    assertEquals("<b>H\u00fctte</b>", titles.title(2));
    assertNull(titles.picture(2));
    assertNull(titles.title(0));
    assertNull(titles.picture(0));
    assertEquals(2, titles.count());
    assertEquals(1, titles.unknown());
    ItemTitles tabs = read("ItemId\tTitle\nshoe\tA shoe, red\n");
    assertEquals("A shoe, red", tabs.title(0));
    assertNull(tabs.picture(0));
    assertNull(ItemTitles.NONE.title(0));
    assertNull(ItemTitles.NONE.picture(2));
  }

  @Test
  void aBadRowIsNamedByFileAndLine() {
    String head = "ItemId,Title\nshoe,Shoe\n";
    assertEquals(
        "titles.csv:4: ItemId \"shoe\" is there twice, first on line 2",
        refused(head + "hat,Hat\nshoe,Boot\n"));
    assertEquals(
        "titles.csv:3: Title is empty; leave out the row of an item without a title",
        refused(head + "hat,\n"));
    assertEquals(
        "titles.csv:3: Title \" \" is empty; leave out the row of an item without a title",
        refused(head + "scarf, \n"));
    assertEquals(
        "titles.csv:3: the line has 3 fields, the header 2: \"hat,a,b\"",
        refused(head + "hat,a,b\n"));
    String longest = refused(head + "hat," + "x".repeat(501) + "\n");
    assertEquals("has 501 characters, at most 500 are kept", longest.replaceFirst(".*\" ", ""));
    String picture = refused("ItemId,Title,Picture\nhat,Hat," + "x".repeat(2001) + "\n");
    assertEquals("has 2,001 characters, at most 2,000 are kept", picture.replaceFirst(".*\" ", ""));
    assertEquals(
        "titles.csv:1: column Title is missing, the first line has \"ItemId\", \"Name\"",
        refused("ItemId,Name\nshoe,Shoe\n").replaceFirst(";.*", ""));
  }
}
