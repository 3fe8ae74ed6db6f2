# The .NET SDK with linkers and C libraries for arm64 and x86_64. Debian 12, because what is linked against its C library runs on Amazon
# Linux 2023; Microsoft's own images have a newer one. With what the packages recommend: the C library to link against is among it.
FROM debian:12-slim
RUN apt-get update \
  && apt-get install --yes ca-certificates clang curl gcc-aarch64-linux-gnu gcc-x86-64-linux-gnu libssl3 lld \
  && rm -rf /var/lib/apt/lists/* \
  && curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir /usr/share/dotnet \
  && ln -s /usr/share/dotnet/dotnet /usr/local/bin/dotnet
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
