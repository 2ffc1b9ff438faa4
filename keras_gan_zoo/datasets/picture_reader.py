"""Pictures by their number, as data sets read them."""

from collections import Counter

from keras_gan_zoo.datasets import picture_headers, picture_pixels
from keras_gan_zoo.reading import read_each


class PictureReader:
    """Reads pictures of files when their batch is due.

    All headers are read at once. If any picture has 16 bits, all are read so.

    Args:
        files: List of paths.
        image_size: Integer, or pair `(height, width)`: the largest centred
            part of that shape is resized. `None` for pictures of one size,
            which stay as they are.
        channels: 1, 3, or `None` for grey if all pictures are grey.
        alpha: Whether to keep alpha, as a fourth channel.
        halves: Whether each picture is a pair, side by side. The size is that
            of a half.

    Attributes:
        headers: List of the `Header` of each file.
        size: Pair `(height, width)`.
        channels: 1, 3 or 4.

    Raises:
        ValueError: If a file can't be read, sizes differ and no `image_size`
            is given, a picture can't be halved, or an argument is out of
            range.
    """

    def __init__(self, files, image_size, channels, alpha, halves=False):
        self.size = picture_pixels.check_size(image_size)
        _check_channels(channels, alpha)
        self.files = files
        self.headers = picture_headers.read_headers(files)
        self._halves = halves
        if halves:
            self._require_even()
        self._resizes = self.size is not None
        if self.size is None:
            self.size = self._one_size()
        if alpha:
            channels = 4
        elif channels is None:
            channels = picture_headers.channels_of(self.headers)
        self.channels = channels
        self._deep = any(header.deep for header in self.headers)

    def __call__(self, indices):
        """Returns pictures, or pairs of arrays of halves, as a tensor.

        Args:
            indices: Tensor of integers `(batch,)`.

        Returns:
            Tensor of shape `(batch, height, width, channels)`, uint8, or, if
            any picture has 16 bits, uint16; of halves, a pair of them.
        """
        shape = (*self.size, self.channels)
        dtype = "uint16" if self._deep else "uint8"
        if not self._halves:
            return read_each(self._read, indices, shape, dtype)
        both = read_each(self._read, indices, (2, *shape), dtype)
        return both[:, 0], both[:, 1]

    def _read(self, index):
        file = self.files[index]
        read = (
            picture_pixels.read_halves
            if self._halves
            else picture_pixels.read_picture
        )
        size = self.size if self._resizes else None
        pixels = read(file, self.channels, size, self._deep)
        # Of some formats only the pixels tell which side is up.
        if pixels.shape[-3:-1] != self.size:
            height, width = pixels.shape[-3:-1]
            raise ValueError(
                f"Expected pictures of {self.size[1]}x{self.size[0]}. "
                f"Received: {width}x{height} in {file}, which was turned "
                "upright. Give an `image_size`."
            )
        return pixels

    def _require_even(self):
        odd = [
            f"{file} ({header.size[0]}x{header.size[1]})"
            for file, header in zip(self.files, self.headers)
            if header.size[0] % 2
        ]
        if odd:
            raise ValueError(
                "Expected pictures of an even width, the first of a pair in "
                f"the left half and the second in the right. Received: "
                f"{len(odd)} of an odd width, such as {odd[0]}."
            )

    def _one_size(self):
        counts = Counter(header.size for header in self.headers)
        if len(counts) > 1:
            found = [
                f"{width}x{height} ({number:,})"
                for (width, height), number in counts.most_common(5)
            ]
            if len(counts) > 5:
                found.append(f"and {len(counts) - 5} more")
            raise ValueError(
                "Expected pictures of one size, or the size to bring them to. "
                f"Received: image_size=None and pictures of {len(counts)} "
                f"sizes: {', '.join(found)}. Give an `image_size`: an integer, "
                "or (height, width)."
            )
        ((width, height),) = counts
        return height, width // 2 if self._halves else width


def _check_channels(channels, alpha):
    if channels not in (None, 1, 3):
        raise ValueError(
            "`channels` must be 1 (grey), 3 (colour) or None for what the "
            f"pictures are. Received: channels={channels!r}. To keep "
            "transparency, as a fourth channel, use alpha=True."
        )
    if alpha and channels == 1:
        raise ValueError(
            "Pictures with alpha are in colour, as four channels. Received: "
            "channels=1, alpha=True. Leave one of them out."
        )
