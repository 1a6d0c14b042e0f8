# A static binary on nothing else: no shell, no libraries, no root.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t debadge .
#   docker run --rm -p 127.0.0.1:8080:8080 -v debadge:/data debadge

FROM golang:1.26 AS build
WORKDIR /src
# First what seldom changes, so that Docker keeps the downloaded modules.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/debadge ./cmd/debadge
# A new volume takes over the owner of the directory that it covers.
RUN mkdir -p /out/data /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/debadge /debadge
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
ENV DEBADGE_STORE=sqlite:/data/debadge.db
EXPOSE 8080
ENTRYPOINT ["/debadge"]
CMD ["serve", "--addr", "0.0.0.0:8080"]
