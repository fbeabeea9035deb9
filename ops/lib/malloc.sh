# Sourced by the scripts of ops: how the C library keeps memory for a training.

# Large blocks, which come and go with every step, are given back instead of leaving holes between
# smaller ones; in huge pages, or taking them again would cost more than it spares.
training_malloc=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608
