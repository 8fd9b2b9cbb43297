"""What the SQL journal forgets: tombstones and left intervals that no cookie in force can ask about."""

from sync.stores.driver import Driver

_NOTE = "INSERT INTO sync_marks (seq, at_s) SELECT seq, ? FROM sync_head WHERE one = 1 ON CONFLICT (seq) DO NOTHING"
_SEQ_AT = "SELECT max(seq) FROM sync_marks WHERE at_s <= ?"
_SET_PRUNED = "UPDATE sync_head SET pruned = ? WHERE one = 1 AND pruned < ?"
_OLD_MARKS = "DELETE FROM sync_marks WHERE seq < ?"
_GONE_ROWS = "SELECT t, id FROM sync_rows WHERE body IS NULL AND ver <= ? ORDER BY ver LIMIT ?"
_FORGET_ROW = "DELETE FROM sync_rows WHERE t = ? AND id = ?"
_LEFT_HOLDS = "SELECT t, id, scope FROM sync_row_scopes WHERE seq_out IS NOT NULL AND seq_out <= ? LIMIT ?"
_FORGET_HOLD = "DELETE FROM sync_row_scopes WHERE t = ? AND id = ? AND scope = ?"
_REST = (
    "DELETE FROM sync_user_scopes WHERE seq_out <= ?",
    "DELETE FROM sync_former_scopes WHERE seq_out <= ?",
    "DELETE FROM sync_absences WHERE seq_in <= ?",
)


class SqlPruning:
    """On one connection, inside its transaction."""

    _d: Driver

    def note_time(self, at_s: int) -> None:
        """Notes that the sequence stands here at this moment."""
        self._d.do(_NOTE, at_s)

    def seq_at(self, at_s: int) -> int:
        """Where the sequence stood at that moment at the latest, as far as it was noted; 0 when it was not."""
        return int(self._d.rows(_SEQ_AT, at_s)[0][0] or 0)

    def prune(self, seq: int, limit: int) -> int:
        """Forgets what ended at `seq` or before, at most `limit` rows and as many holds; gives how many went."""
        self._d.do(_SET_PRUNED, seq, seq)
        self._d.do(_OLD_MARKS, seq)
        rows = self._d.rows(_GONE_ROWS, seq, limit)
        self._d.many(_FORGET_ROW, rows)
        holds = self._d.rows(_LEFT_HOLDS, seq, limit)
        self._d.many(_FORGET_HOLD, holds)
        for statement in _REST:
            self._d.do(statement, seq)
        return len(rows) + len(holds)
