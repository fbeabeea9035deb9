/** The main journey of a person, in a real browser on the real house. */
package io.espalier.web.journey;
