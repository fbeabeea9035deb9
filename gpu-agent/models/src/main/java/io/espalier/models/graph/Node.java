package io.espalier.models.graph;

import java.util.List;

/** One operation of a graph with the values it takes and the one it gives. */
record Node(Op op, List<Value> inputs, Value output, Stage stage) {}
