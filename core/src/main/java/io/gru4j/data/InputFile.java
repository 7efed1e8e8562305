package io.gru4j.data;

/**
 * An input that was read.
 *
 * @param name the path as it was given
 * @param bytes how long it is
 * @param sha256 of its bytes, packed as they are, 64 hexadecimal digits
 */
public record InputFile(String name, long bytes, String sha256) {}
