"""The peers and Pictor behind one face: build, open, search on one thread."""

import pathlib
import re
import resource
import subprocess
import time

import numpy as np

from data import NEIGHBOURS

M = 16


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Hnswlib:
    name, bits = "hnswlib", 32

    def __init__(self, dims):
        import hnswlib

        self.dims, self.index = dims, hnswlib.Index(space="ip", dim=dims)

    def build(self, vectors, ef_construction, threads):
        self.index.init_index(len(vectors), ef_construction=ef_construction, M=M)
        self.index.add_items(vectors, num_threads=threads)

    def save(self, path):
        self.index.save_index(str(path))

    def load(self, path):
        self.index.load_index(str(path))

    def search(self, queries, ef):
        self.index.set_ef(max(ef, NEIGHBOURS))
        return self.index.knn_query(queries, k=NEIGHBOURS, num_threads=1)[0]


class Faiss:
    name, bits = "faiss", 32

    def __init__(self, dims):
        import faiss

        self.faiss, self.dims = faiss, dims

    def build(self, vectors, ef_construction, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.make()
        self.graph().hnsw.efConstruction = ef_construction
        self.index.train(vectors)
        self.index.add(vectors)

    def make(self):
        return self.faiss.IndexHNSWFlat(self.dims, M, self.faiss.METRIC_INNER_PRODUCT)

    def graph(self):
        return self.index

    def save(self, path):
        self.faiss.write_index(self.index, str(path))

    def load(self, path):
        self.index = self.faiss.read_index(str(path))

    def search(self, queries, ef):
        self.faiss.omp_set_num_threads(1)
        self.graph().hnsw.efSearch = ef
        return self.index.search(queries, NEIGHBOURS)[1]


class FaissCodes(Faiss):
    name, bits = "faiss, 8-bit", 8

    def make(self):
        kind = self.faiss.ScalarQuantizer.QT_8bit
        return self.faiss.IndexHNSWSQ(self.dims, kind, M, self.faiss.METRIC_INNER_PRODUCT)


class FaissRefined(FaissCodes):
    """The 8-bit graph, its best thirty compared in full."""

    name = "faiss, 8-bit, refined"

    def make(self):
        self.inner = super().make()
        refined = self.faiss.IndexRefineFlat(self.inner)
        refined.k_factor = 3.0
        return refined

    def graph(self):
        return self.faiss.downcast_index(self.index.base_index)


class Usearch:
    name, bits, kind, metric = "usearch", 32, "f32", "ip"

    def __init__(self, dims):
        from usearch.index import Index

        self.index = Index(ndim=dims, metric=self.metric, dtype=self.kind, connectivity=M)

    def build(self, vectors, ef_construction, threads):
        self.index.expansion_add = ef_construction
        self.index.add(np.arange(len(vectors)), vectors, threads=threads)

    def save(self, path):
        self.index.save(str(path))

    def load(self, path):
        self.index.load(str(path))

    def search(self, queries, ef):
        self.index.expansion_search = ef
        return self.index.search(queries, NEIGHBOURS, threads=1).keys


class UsearchCodes(Usearch):
    name, bits, kind, metric = "usearch, 8-bit", 8, "i8", "cos"


PEERS = {
    peer.name: peer
    for peer in (Hnswlib, Faiss, Usearch, FaissCodes, FaissRefined, UsearchCodes)
}


class Pictor:
    """The program of `engine/examples/peers`, asked over a pipe."""

    def __init__(self, program, folder, queries, dims):
        self.found = pathlib.Path(folder) / "found.u32"
        self.child = subprocess.Popen(
            [program, "serve", folder, queries, str(dims), self.found],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.child.stdout.readline()

    def ask(self, precision, ef):
        self.child.stdin.write(f"{precision} {ef}\n")
        self.child.stdin.flush()
        seconds = float(self.child.stdout.readline())
        return seconds, np.fromfile(self.found, "<u4").reshape(-1, NEIGHBOURS)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def pictor(program, *arguments):
    """Runs the program and gives the numbers that it names."""
    done = subprocess.run(
        [program, *map(str, arguments)], check=True, text=True, stdout=subprocess.PIPE
    )
    return {name: float(value) for name, value in re.findall(r"(\w+) ([\d.]+)", done.stdout)}


def timed(work):
    started, begin = time.perf_counter(), cpu()
    result = work()
    return time.perf_counter() - started, cpu() - begin, result
