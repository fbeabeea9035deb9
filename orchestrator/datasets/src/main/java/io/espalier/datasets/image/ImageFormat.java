package io.espalier.datasets.image;

/** The image formats that are accepted, told by their bytes and never by the file's name. */
public enum ImageFormat {
  PNG,
  JPEG
}
