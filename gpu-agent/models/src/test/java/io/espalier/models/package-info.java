@NullMarked
package io.espalier.models;

import org.jspecify.annotations.NullMarked;
