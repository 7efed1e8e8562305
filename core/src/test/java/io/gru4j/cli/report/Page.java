package io.gru4j.cli.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A page as an XML parser reads it, which refuses what is not well-formed. Types of the parser stay
 * in here: the module under test does not read java.xml before this class is initialised.
 */
public final class Page {
  static {
    Page.class.getModule().addReads(ModuleLayer.boot().findModule("java.xml").orElseThrow());
  }

  /**
   * An element.
   *
   * @param name of the element
   * @param attributes by name
   * @param text of the element and all below it
   * @param children elements in it
   */
  public record Node(
      String name, Map<String, String> attributes, String text, List<Node> children) {}

  private final Node root;

  /**
   * Parses a page.
   *
   * @param html its text
   * @throws AssertionError if it is not well-formed
   */
  public Page(String html) {
    try {
      DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      parser.setErrorHandler(null);
      root = node(parser.parse(new InputSource(new StringReader(html))).getDocumentElement());
    } catch (SAXException e) {
      throw new AssertionError("not well-formed: " + html, e);
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Node node(Element element) {
    Map<String, String> attributes = new LinkedHashMap<>();
    NamedNodeMap given = element.getAttributes();
    for (int i = 0; i < given.getLength(); i++) {
      attributes.put(given.item(i).getNodeName(), given.item(i).getNodeValue());
    }
    List<Node> children = new ArrayList<>();
    NodeList nodes = element.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element child) {
        children.add(node(child));
      }
    }
    return new Node(element.getTagName(), attributes, element.getTextContent(), children);
  }

  /**
   * Finds elements below the root.
   *
   * @param name of the elements
   * @return in the order of the page
   */
  public List<Node> all(String name) {
    return below(root, name);
  }

  /**
   * Finds elements below another.
   *
   * @param parent where to look
   * @param name of the elements
   * @return in the order of the page
   */
  public static List<Node> below(Node parent, String name) {
    List<Node> found = new ArrayList<>();
    for (Node child : parent.children()) {
      if (child.name().equals(name)) {
        found.add(child);
      }
      found.addAll(below(child, name));
    }
    return found;
  }

  /**
   * Finds the element whose caption begins with a text, such as a table.
   *
   * @param prefix how the caption begins
   * @return the only one
   */
  public Node captioned(String prefix) {
    List<Node> found = new ArrayList<>();
    for (String element : List.of("table", "figure", "details")) {
      for (Node each : all(element)) {
        if (each.children().getFirst().text().startsWith(prefix)) {
          found.add(each);
        }
      }
    }
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " captions begin with " + prefix);
    }
    return found.getFirst();
  }

  /**
   * Reads the cells of a table.
   *
   * @param table an element with rows in it
   * @return the texts by row
   */
  public static List<List<String>> cells(Node table) {
    return below(table, "tr").stream()
        .map(row -> row.children().stream().map(cell -> cell.text().strip()).toList())
        .toList();
  }

  /**
   * Reads the numbers that the dots of a curve carry.
   *
   * @param figure a figure with a curve
   * @return its points
   */
  public static List<Block.Point> points(Node figure) {
    return below(figure, "circle").stream().map(dot -> dot.attributes()).map(Page::point).toList();
  }

  private static Block.Point point(Map<String, String> dot) {
    return new Block.Point(
        Double.parseDouble(dot.get("data-x")), Double.parseDouble(dot.get("data-y")));
  }
}
