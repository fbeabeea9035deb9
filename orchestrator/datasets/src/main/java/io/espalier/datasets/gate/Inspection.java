package io.espalier.datasets.gate;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A first look at an upload: how samples seem to lie in it, and what a person needs to see to say
 * otherwise.
 *
 * @param layout the guess; null where there is none
 * @param files tables of the upload; empty for images
 * @param columns of the first table
 * @param rows its first rows, a value for each column
 * @param labels what each column would say as that of the labels
 * @param problems of these rows, and why there is no guess
 */
public record Inspection(
    @Nullable DataLayout layout,
    List<String> files,
    List<String> columns,
    List<List<String>> rows,
    Map<String, Labels> labels,
    List<Problem> problems) {}
