# locust_like in a slim image, run by a user without rights:
#   docker build -t locust_like .
#   docker run --rm -v "$PWD:/work" locust_like -f locustfile.py --headless -H https://example.org -u 10 -t 1m
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY packages/apt.txt packages/apt.txt
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends \
    $(awk '/^# \[/ {on = ($2 == "[build]")} on && /^[a-z]/ {print $1}' packages/apt.txt)
COPY . .
RUN python -m pip wheel -q --wheel-dir /wheels .

FROM python:3.11-slim-bookworm
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends libuv1 libc-ares2 libbrotli1 libidn2-0 libnghttp2-14 libpsl5 libzstd1 libssl3 libzmq5 zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /wheels /wheels
RUN python -m pip install -q --no-cache-dir --no-index --find-links /wheels locust_like && rm -rf /wheels \
 && useradd --system --uid 10001 --create-home locust
USER 10001
WORKDIR /work
ENTRYPOINT ["locust-like"]
