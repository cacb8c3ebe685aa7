"""Makes the Parquet files of this folder, with pyarrow: python3 make.py. The tests only read them."""
import datetime
import decimal
import uuid

import pyarrow as pa
import pyarrow.parquet as pq


def note(i):
    return "note of %d %s" % (i, "x" * (i % 13))


def rows(count):
    ids = range(count)
    return pa.table({
        "id": pa.array(ids, pa.int32()),
        "note": pa.array([note(i) for i in ids]),
        "nested": pa.array([[i, i] for i in ids], pa.list_(pa.int64())),
    })


pq.write_table(rows(150), "a.parquet", row_group_size=40, compression="snappy")
pq.write_table(rows(100), "b.parquet", row_group_size=100, compression="none", data_page_size=256,
               write_page_checksum=True, use_dictionary=False)

for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    for version in ["1.0", "2.0"]:
        pq.write_table(rows(60), "%s-%s.parquet" % (codec, version[0]), row_group_size=25,
                       compression=codec, data_page_version=version)


def some(make, i):
    """Every fifth value is null."""
    return None if i % 5 == 4 else make(i)


def column(kind, make, count=40):
    return pa.array([some(make, i) for i in range(count)], kind)


start = datetime.datetime(2001, 1, 1, 13, 5)
table = pa.table({
    "flag": column(pa.bool_(), lambda i: i % 2 == 0),
    "tiny": column(pa.int8(), lambda i: i - 20),
    "unsigned": column(pa.uint32(), lambda i: 4294967295 - i),
    "long": column(pa.int64(), lambda i: (i - 20) * 10**15),
    "unsigned long": column(pa.uint64(), lambda i: 2**64 - 1 - i),
    "half": column(pa.float16(), lambda i: __import__("numpy").float16(i / 4)),
    "float": column(pa.float32(), lambda i: i / 8),
    "double": column(pa.float64(), lambda i: i / 3),
    "text": column(pa.string(), lambda i: "Zürich %d" % (i % 3)),
    "bytes": column(pa.binary(), lambda i: bytes([i, 255 - i])),
    "fixed": column(pa.binary(3), lambda i: bytes([i, i, i])),
    "category": pa.array([some(lambda i: "abc"[i % 3], i) for i in range(40)]).dictionary_encode(),
    "small decimal": column(pa.decimal128(7, 2), lambda i: decimal.Decimal(i - 20) / 4),
    "decimal": column(pa.decimal128(16, 3), lambda i: decimal.Decimal(i - 20) * 10**10 / 8),
    "large decimal": column(pa.decimal128(38, 4), lambda i: decimal.Decimal(i - 20) * 10**20 / 16),
    "day": column(pa.date32(), lambda i: start.date() + datetime.timedelta(days=i)),
    "millis": column(pa.timestamp("ms"), lambda i: start + datetime.timedelta(minutes=i)),
    "micros": column(pa.timestamp("us", tz="UTC"), lambda i: start + datetime.timedelta(minutes=i)),
    "nanos": column(pa.timestamp("ns"), lambda i: start + datetime.timedelta(minutes=i)),
    "id": column(pa.uuid(), lambda i: uuid.UUID(int=i).bytes),
    "required": pa.array(range(40), pa.int64()),
    "record": column(pa.struct([("inner", pa.int32())]), lambda i: {"inner": i}),
})
fields = [f.with_nullable(f.name != "required") for f in table.schema]
pq.write_table(table.cast(pa.schema(fields)), "types.parquet", row_group_size=16,
               store_decimal_as_integer=True)
pq.write_table(pa.table({"time": table["micros"].cast(pa.timestamp("ns"))}), "int96.parquet",
               use_deprecated_int96_timestamps=True)

# What unpacks to far more than it is: one value; one value that a page refers to again and again; many values; many columns.
huge = "x" * (96 << 20)
pq.write_table(pa.table({"id": pa.array([1]), "note": pa.array([huge])}), "bomb-value.parquet", compression="zstd",
               use_dictionary=False, write_statistics=False)
large = pa.DictionaryArray.from_arrays(pa.array([0] * 300, pa.int32()), pa.array(["x" * (3 << 20)]))
pq.write_table(pa.table({"id": pa.array([0] * 300), "note": large}), "bomb-dictionary.parquet", compression="zstd",
               dictionary_pagesize_limit=1 << 28, write_statistics=False)
zeros = pa.array([0] * (12 << 20), pa.int64())
pq.write_table(pa.table({"id": zeros, "note": zeros}), "bomb-page.parquet", compression="zstd", use_dictionary=False,
               data_page_size=1 << 30, row_group_size=1 << 30, max_rows_per_page=1 << 30, write_statistics=False)
some = pa.array([0] * (512 << 10), pa.int64())
pq.write_table(pa.table({"c%d" % i: some for i in range(40)}), "bomb-columns.parquet", compression="zstd", use_dictionary=False,
               data_page_size=1 << 30, row_group_size=1 << 30, max_rows_per_page=1 << 30, write_statistics=False)
