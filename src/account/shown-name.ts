/** A name under which a person is shown to others: as they read it, and what no two of them may share. */
export type ShownName = { text: string; key: string };

/** In characters, as people would count them but for marks. */
const LONGEST_SHOWN_NAME = 50;

/**
 * Controls, what turns the direction of a line round, line ends, halves of characters, the blank of Braille, what stands for
 * something that is not there, and the like: nobody sees them.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u2800\ufffc]/u;
/** Marks piled up on a letter run over the lines above and below. */
const PILED_UP = /\p{M}{4}/u;
const BETWEEN = /\p{Zs}+/gu;
/** A sigma that looks like a Latin letter, and is any sigma once it is taken apart. */
const LUNATE = /[ϲϹ]/gu;
const OVERLOOKED = /[\p{M}\p{Zs}\p{Default_Ignorable_Code_Point}]/gu;

/** Letters of other scripts, and digits, each before the Latin letter that eyes take it for, in some case of it. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
	(
		"аaвbеeнhкkмmоoрpсcтtуyхxѕsіlјjһhӏlԁdԛqԝwүyѵv" + // Cyrillic
		"αaβbγyεeζzηhιlκkμmνnοoρpτtυyχxϳj" + // Greek
		"օoսuհhոnզqցgյjտsլl" + // Armenian
		"ⲟoⲣpⲥcⲕkⲙmⲛnⲏhⲁaⲃbⲓlⲧtⲩyⲭxⲍz" + // Coptic
		"ꭰdꭱrꭲtꭵlꭹyꭺaꭻjꭼeꮃwꮇmꮋhꮐgꮓzꮟbꮢrꮤwꮩvꮪsꮮlꮯcꮲpꮶkᏼbꮷd" + // Cherokee
		"ꓐbꓑpꓓdꓔtꓖgꓗkꓙjꓚcꓜzꓝfꓟmꓠnꓡlꓢsꓣrꓦvꓧhꓪwꓫxꓬyꓮaꓰeꓲlꓳoꓴu" + // Lisu
		"ılɑaɡgɪlᴀaʙbᴄcᴅdᴇeꜰfɢgʜhᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz" + // Latin of a kind
		"‐-‒-–-—-―-−-’'ʼ'" + // dashes and apostrophes
		"il1l|l0o"
	)
		.match(/../gu)
		?.map((pair): [string, string] => [caseless(pair.slice(0, -1)), pair.slice(-1)]),
);

/**
 * Reads a name as a person typed it; undefined for none, one that is too long, and one with what nobody can see. Its key
 * leaves out what eyes overlook: case, accents, spaces, forms of one letter, and letters that look like others.
 */
export function parseShownName(typed: string): ShownName | undefined {
	const text = typed.normalize("NFC").replace(BETWEEN, " ").trim();
	if (UNSEEN.test(text) || PILED_UP.test(text.normalize("NFD")) || [...text].length > LONGEST_SHOWN_NAME)
		return undefined;
	const key = keyOfName(text);
	return key === "" ? undefined : { text, key };
}

/** What two names have in common that look the same, user names too. */
export function keyOfName(text: string): string {
	const plain = caseless(text.replace(LUNATE, "c").normalize("NFKD").replace(OVERLOOKED, ""));
	return Array.from(plain, (letter) => LOOKALIKES.get(letter) ?? letter).join("");
}

/** By way of capitals, of which some have several small letters. */
function caseless(text: string): string {
	return text.toUpperCase().toLowerCase();
}
