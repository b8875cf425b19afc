"""Which files are read: what paths, folders and patterns hold is taken, or named as left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.option_error import option
from moderation.storage.input_files import SUFFIXES, InputError, InputFile, told_by_name
from moderation.storage.left_out import LeftOutBooks
from moderation.storage.partitions import partition_of
from moderation.storage.patterns import expand, folders_below, is_hidden
from moderation.storage.pictures import fixed_folder, id_of_picture, is_picture, picture_file
from moderation.storage.places import PlaceError, is_utf8, place, printable
from moderation.storage.trees import Entry, Tree, tree_of
from schemas.manifest import LeftOut

_MARKS = ({"manifest.json", "_SUCCESS"}, {"_claim", "_staging"})
"""Files of which one set tells a run's directory."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was found."""

    files: tuple[InputFile, ...]
    """Each once, by its absolute path, sorted."""
    left_out: tuple[LeftOut, ...]


def find_inputs(paths: Iterable[str], *, name: str = "input", pictures: bool = False) -> Inputs:
    """The files that paths name, that folders hold at any depth, that patterns match.

    Args:
        paths: files, folders and patterns, local or of a store.
        name: of the option whose values they are.
        pictures: are inputs too, each a row, where a path holds no records.

    Raises:
        InputError: where one names nothing that can be read, or a file whose format its name does
            not tell.
    """
    finding = _Finding(LeftOutBooks(), pictures=pictures)
    for path in paths:
        said = f"{option(name)} {printable(path)!r}"
        try:
            finding.add(place(path), said)
        except PlaceError as error:
            raise InputError(f"{said}: {error}") from error
        except InputError:
            raise
        except (OSError, ValueError) as error:  # a store that is down, a folder that is closed
            raise InputError(f"{said} cannot be listed: {_cause(error)}") from error
    return finding.found()


def input_file(path: str, size: int, *, item_id: str | None = None) -> InputFile:
    """A file as its path tells it; raises ``InputError``. ``item_id``: it is a picture's."""
    if item_id:
        return picture_file(path, size, item_id=item_id)
    fmt, compression = told_by_name(path.rsplit("/", 1)[-1])
    return InputFile(path, size, fmt, compression, partition_of(path))


class _Finding:
    """Files as they are found, and the books of what is not taken."""

    def __init__(self, books: LeftOutBooks, *, pictures: bool) -> None:
        self._books = books
        self._with_pictures = pictures
        self._pictures: list[Entry] = []
        """Of the path that is being looked at."""
        self._named: set[str] = set()
        self._files: dict[str, InputFile] = {}
        self._real: dict[str, str] = {}

    def add(self, path: str, said: str) -> None:
        """All that one path or pattern stands for."""
        tree, before = tree_of(path), self._books.count()
        matched, taken, is_folder = 0, 0, False
        self._pictures = []
        for entry, by_pattern in expand(tree, path):
            matched += 1
            is_folder |= entry.folder and not by_pattern
            if entry.folder:
                taken += self._folder(tree, entry, said, by_pattern=by_pattern)
            elif by_pattern:
                taken += self._consider(tree, entry)
            else:
                taken += self._name(tree, entry, said)
        if not matched:
            raise InputError(
                f"{said} matches no file: check the path (patterns may hold *, **, ? and [ ])"
            )
        taken += self._take_pictures(tree, fixed_folder(path, is_folder=is_folder), alone=not taken)
        if not taken:
            raise InputError(
                f"{said} holds no file that can be read"
                + self._books.told_since(before)
                + f": names must end in one of {', '.join(SUFFIXES)}"
            )

    def found(self) -> Inputs:
        """Everything that was added."""
        files = tuple(self._files[path] for path in sorted(self._files))
        return Inputs(files, self._books.entries(self._files))

    def _take_pictures(self, tree: Tree, folder: str, *, alone: bool) -> int:
        """Take what pictures there are where they stand alone; beside records they are theirs."""
        if not alone:
            for entry in self._pictures:
                self._books.add(entry.path, _why_not(entry) or "")
            return 0
        files = (
            picture_file(e.path, e.bytes, item_id=id_of_picture(e.path, folder=folder))
            for e in self._pictures
        )
        return sum(self._take(tree, file) for file in files)

    def _name(self, tree: Tree, entry: Entry, said: str) -> int:
        if not entry.readable:
            raise InputError(f"{said} is neither a file nor a folder")
        if self._with_pictures and is_picture(entry.name):
            self._pictures.append(entry)
            return 0
        try:
            file = input_file(entry.path, entry.bytes)
        except InputError as error:
            raise InputError(f"{said}: {error}") from error
        return self._take(tree, file)

    def _folder(self, tree: Tree, folder: Entry, said: str, *, by_pattern: bool) -> int:
        if by_pattern and is_hidden(folder.name):
            self._books.add(folder.path, "hidden folders")
            return 0
        if _is_run(tree, folder.path):
            if not by_pattern:
                raise InputError(
                    f"{said} is the directory of a run: name what is meant in it, as in "
                    "dead_letters, verdicts or data"
                )
            self._books.add(folder.path, "directories of runs")
            return 0
        taken, closed = 0, list[str]()
        for here in folders_below(tree, folder.path):
            if any(here.path.startswith(f"{run}/") for run in closed):
                continue
            if here.path != folder.path and is_hidden(here.name):
                self._books.add(here.path, "hidden folders")
            elif here.path != folder.path and _is_run(tree, here.path):
                self._books.add(here.path, "directories of runs")
                closed.append(here.path)
            else:
                children = tree.children(here.path)
                taken += sum(self._consider(tree, child) for child in children if not child.folder)
        return taken

    def _consider(self, tree: Tree, entry: Entry) -> int:
        """Take a file that was not named, or say why not."""
        why = _why_not(entry)
        if why and self._with_pictures and _is_picture(entry):
            self._pictures.append(entry)
            return 0
        if why:
            self._books.add(entry.path, why)
            return 0
        return self._take(tree, input_file(entry.path, entry.bytes))

    def _take(self, tree: Tree, file: InputFile) -> int:
        """One path for each file: its own where that was found, not a link's."""
        real = tree.real(file.path)
        standing = self._real.get(real)
        if standing is not None and standing != file.path:
            keep = min(standing, file.path, key=lambda path: (path != real, path))
            self._books.add(max({standing, file.path} - {keep}), "links to files that are read")
            if keep == standing:
                return 1
            del self._files[standing]
        self._real[real] = file.path
        self._files[file.path] = file
        return 1


def _is_picture(entry: Entry) -> bool:
    hidden = is_hidden(entry.name)
    return entry.readable and is_picture(entry.name) and not hidden and is_utf8(entry.path)


def _why_not(entry: Entry) -> str | None:
    name = entry.name
    if not entry.readable:
        return "no regular files"
    if is_hidden(name):
        return "hidden files"
    if not is_utf8(entry.path):
        return "names that are not UTF-8"
    try:
        told_by_name(name)
    except InputError:
        dot = name.rfind(".")
        kind = printable(name[dot:].lower()) if 0 < dot < len(name) - 1 else "without an ending"
        return f"{kind} files" if kind.startswith(".") else f"files {kind}"
    return None


def _is_run(tree: Tree, folder: str) -> bool:
    names = {child.name for child in tree.children(folder)}
    own = folder.rsplit("/", 1)[-1].startswith("run_id=")
    return _MARKS[0] <= names or (own and bool(names & (_MARKS[1] | {"manifest.json"})))


def _cause(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return printable(text)
