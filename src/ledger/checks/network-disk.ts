/** Disks of other machines, as Linux numbers file systems: over them the locks of SQLite do not hold. */
const NETWORK_DISKS: ReadonlyMap<number, string> = new Map([
	[0x6969, "NFS"],
	[0x517b, "SMB"],
	[0xff534d42, "SMB"],
	[0xfe534d42, "SMB"],
	[0x5346414f, "AFS"],
	[0x6b414653, "AFS"],
	[0x73757245, "Coda"],
	[0x01021997, "9P"],
	[0x00c36400, "Ceph"],
	[0x0bd00bd0, "Lustre"],
]);

/** What a program of its own stands behind: it may be a disk of this machine or of another one. */
const FUSE = 0x65735546;

/** What lies behind a file system: a disk of another machine, what is not known, or a disk of this machine. */
export type DiskKind = { is: "network"; name: string } | { is: "unknown" } | { is: "local" };

/** @param type as `statfs` of Linux gives it; other systems number theirs otherwise, or not at all */
export function diskKindOf(type: number, platform: string = process.platform): DiskKind {
	// It comes with a sign where the number is large.
	const number = type >>> 0;
	if (platform !== "linux" || number === FUSE) return { is: "unknown" };
	const name = NETWORK_DISKS.get(number);
	return name === undefined ? { is: "local" } : { is: "network", name };
}
