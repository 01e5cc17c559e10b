/**
 * The shell's word for the id of the one process that listens on a port of its host, never of one that is merely named alike. None
 * or several: the word is no id, and `kill` refuses it. `ss` belongs to every Linux with systemd; macOS has `lsof` instead. Of
 * another user's process both tell it to root only.
 */
export function processAt(port: number, system: NodeJS.Platform = process.platform): string {
  if (system === 'darwin') return `"$(lsof -nP -t -iTCP:${port} -sTCP:LISTEN)"`;
  return `"$(ss -Hltnp 'sport = :${port}' | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p' | sort -u)"`;
}
