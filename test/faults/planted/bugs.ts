/** Bugs to plant: each is one change to one file of a build, as somebody could make it. */
export interface Bug {
  readonly name: string;
  /** Which checks must find it. */
  readonly found: 'embedded' | 'eventStore' | 'figures';
  /** Below `dist/src`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly put: string;
}

const embedded = (file: string, name: string, text: string, put: string): Bug => ({ name, found: 'embedded', file, text, put }); // prettier-ignore
const eventStore = (file: string, name: string, text: string, put: string): Bug => ({ name, found: 'eventStore', file: `eventstoredb/${file}`, text, put }); // prettier-ignore
const figures = (file: string, name: string, text: string, put: string): Bug => ({ name, found: 'figures', file, text, put }); // prettier-ignore

export const BUGS: readonly Bug[] = [
  embedded('app/recordEvents.js', 'acknowledged before the append',
    `const { outcomes: appended } = await log.append(source, part.map(({ event }) => event), 'any');`,
    `log.append(source, part.map(({ event }) => event), 'any').catch(() => { }); const appended = part.map(() => 'appended');`),
  embedded('app/recordEvents.js', 'a conflict answered as a duplicate', `outcome === 'conflict'`, `outcome === 'never'`),
  embedded('app/recordEvents.js', 'an event without a contract skipped without a word',
    `outcome: 'refused', problem: checked.problem });`, `outcome: 'duplicate' });`),
  embedded('domain/implausible.js', 'counts of the future taken', `windowOf(data.window).last > latest.day`, `false`),
  embedded('app/eventIdentity.js', 'no look for what is known', `if (stored !== undefined)`, `if (false)`),
  embedded('app/eventIdentity.js', 'other content taken for a repeat', `stored === hash ? 'duplicate' : 'conflict'`, `'duplicate'`),
  embedded('app/eventIdentity.js', 'an id the same in every feed', 'nameDigest(stream, id)', `nameDigest('', id)`),
  embedded('app/eventIdentity.js', 'a repeat within a batch not seen', `held.set(identity, hash);`, ``),
  embedded('sql/sqliteLog.js', 'the expected revision not compared',
    `if ((revisionOf(expected) ?? revision) !== revision)`, `if (false)`),
  embedded('sql/sqliteLog.js', 'a page that begins with the last event again', 'where ordinal > ${from}', 'where ordinal >= ${from}'),
  embedded('sql/sqliteDatabase.js', 'commits not flushed', `pragma('synchronous = FULL')`, `pragma('synchronous = OFF')`),
  embedded('sql/checkpoints.js', 'the checkpoint not compared',
    `.where('ordinal', '=', previous.ordinal)
            .where('position', '=', previous.position)
            .where('fingerprint', '=', previous.fingerprint)`, ``),
  embedded('sql/kyselyReadModels.js', 'the checkpoint committed before the observations',
    `await kysely.transaction().execute(async (tx) => {
                await moveCheckpoint(tx, READ_MODELS, previous, next);`,
    `await moveCheckpoint(kysely, READ_MODELS, previous, next);
            await kysely.transaction().execute(async (tx) => {`),
  embedded('sql/kyselyReadModels.js', 'observations that went stay', `await tx
            .deleteFrom('observations_v2')
            .where((eb)`, `await tx
            .deleteFrom('observations_v2')
            .where('projection', '=', '')
            .where((eb)`),
  embedded('sql/kyselyReadModels.js', 'where a projection stands not compared', `({ ordinal }) => ordinal !== from`, `() => false`),
  embedded('app/projector.js', 'a projection that stands behind not brought level', `if (standing === to)`, `if (standing !== null)`),
  embedded('app/projector.js', 'a projection that another projector keeps up forgotten', `?? 0) < checkpoint)`, `?? 0) <= checkpoint)`),
  embedded('app/readModelsOf.js', 'a projection that stands behind answered at the checkpoint', `{ ...checkpoint, ordinal }`, `checkpoint`),
  embedded('app/projector.js', 'states kept after a step that failed', `standing = null;
        const next`, `const next`),
  embedded('app/projector.js', 'the first new event passed over',
    `kindsOfRows(facts, flipped), from, to)`, `kindsOfRows(facts, flipped), from + 1, to)`),
  embedded('app/projector.js', 'a page that comes twice taken twice',
    `page.filter((event) => event.position > position)`, `page`),
  embedded('app/projector.js', 'read models ahead of the log not refused', `await refuseOthers(log, facts, await readModels.checkpoint());`, ``),
  embedded('app/projector.js', 'facts behind the checkpoint not read again', `if (facts.rows() < to) {`, `if (false) {`),
  embedded('app/projector.js', 'amendments of earlier events not noticed',
    `symmetricDifference(now.superseded, next.superseded)`, `symmetricDifference(next.superseded, next.superseded)`),
  embedded('domain/amendments.js', 'amendments that amend nothing', `if (row !== undefined && !byIdentity.has(target))`, `if (false)`),
  embedded('domain/amendments.js', 'the earlier of two corrections holds', `holding.sort(order).at(-1)`, `holding.sort(order).at(0)`),
  embedded('facts/readFact.js', 'what cannot be read left out', `parked: { ...name, type: words, kind: kindIn(words), reason: faults.join('; ').slice(0, LONGEST_REASON) },`, `parked: null,`),
  embedded('app/parked.js', 'parked events not shown', `facts.parked(ordinal).map(`, `[].map(`),
  embedded('app/parked.js', 'figures that do not say that they are incomplete', `kind === null || kinds.has(kind)`, `false`),
  embedded('facts/durableFile.js', 'files of facts not flushed', `fsyncSync(file);`, ``),
  embedded('facts/durableFile.js', 'files of facts named before they are flushed',
    `        fsyncSync(file);
    }
    finally {
        closeSync(file);
    }
    renameSync(temporary, path);`,
    `        renameSync(temporary, path);
        fsyncSync(file);
    }
    finally {
        closeSync(file);
    }`),
  embedded('facts/manifest.js', 'segments listed before their names are flushed',
    `flushFolder(folder);
    writeWhole(join(folder, MANIFEST)`, `writeWhole(join(folder, MANIFEST)`),
  embedded('http/postEvents.js', 'outcomes of a later part numbered from its own start', `before += lines.length;`, ``),
  embedded('http/idempotencyKey.js', 'another request under a key answered as the first',
    `if (found.fingerprint === fingerprint())`, `if (true)`),
  embedded('http/idempotencyKey.js', 'a receipt of a log that was restored since believed',
    `(await ledger.holds(found.mark))`, `true`),
  embedded('sql/kyselyKeptReceipts.js', 'a receipt believed however old it is', `.where('kept_ms', '>=', oldest())`, ``),
  embedded('sql/kyselyKeptReceipts.js', 'receipts that never go',
    `await tx.deleteFrom('kept_receipts').where('kept_ms', '<', oldest()).execute();`, ``),
  embedded('app/ledger.js', 'a rebuild that leaves the read models', `await readModels.clear();`, ``),
  embedded('main/openEngine.js', 'a rebuild of a stopped engine that leaves the read models', `await readModels.clear();`, ``),
  embedded('app/logMark.js', 'another event at a place taken for the same', `fingerprintOf(found) === fingerprint`, `true`),
  embedded('app/projector.js', 'a projector that was overtaken not knowing where it stands', `ordinal = from;`, ``),
  embedded('facts/readFact.js', 'an event in the stream of another feed counted', `source !== foreignStream`, `false`),
  embedded('facts/factStore.js', 'a second event of one name counted', `stored.foreignStream !== undefined && seen.has(fact.identity)`, `false`),
  embedded('http/guards.js', 'as many batches at once as come', `if (running >= limit)`, `if (false)`),
  embedded('http/problems.js', 'a refusal without Retry-After', `if (status === 503)`, `if (false)`),

  eventStore('appendPart.js', 'an attempt made again after the new revision', `failures += 1;`, `failures += 1; revision += events.length;`),
  eventStore('appendPart.js', 'an append without an answer taken for stored', `if (kind === 'refused')`, `if (kind !== 'moved') return 'stored'; if (kind === 'refused')`),
  eventStore('appendPart.js', 'no revision expected', `expectedRevision: revision < 0 ? NO_STREAM : BigInt(revision)`, `expectedRevision: 'any'`),
  eventStore('appendPart.js', 'an unanswered attempt taken for stored when the stream has moved',
    `failures > 0 && (await stands(server, name, events, revision + 1))`, `failures > 0`),
  eventStore('feeds.js', 'parts that were stored stored again after another writer',
    `outcomes[index] === 'appended' && !mine.has(identified[index].identity)`, `outcomes[index] === 'appended'`),
  eventStore('feeds.js', 'no look for what is known', `settle(identified, known)`, `settle(identified, new Map())`),
  eventStore('feeds.js', 'the stream not read for identities that were lost',
    `feed.revision ??= await load(server, prefix, identities, stream);`,
    `feed.revision ??= (await identities.covered(stream)).revision;`),
  eventStore('feeds.js', 'identities of another log believed',
    `covered.identity !== null && found[0]?.identity !== covered.identity`, `false`),
  eventStore('feeds.js', 'what was stored not kept', `.then(() => identities.cover(stream, revision, stored))`, `.then(() => { })`),
  eventStore('feeds.js', 'the expected revision not compared', `if (wanted !== null && wanted !== feed.revision)`, `if (false)`),
  eventStore('parts.js', 'appends larger than the server takes', `PART_BYTES = 1_000_000`, `PART_BYTES = 4_000_000`),
  eventStore('subscribing.js', 'a subscription that ended not resumed', `failing ??= performance.now();`, `return;`),
  eventStore('subscribing.js', 'a subscription that fell silent waited for',
    `if (taken === 'ended' || taken === 'silent')`, `if (taken === 'silent') continue; if (taken === 'ended')`),
  eventStore('subscribing.js', 'resumed at the head instead of after the last event taken',
    `const from = position;`, `if (position !== null) position = (await head()) ?? position; const from = position;`),
  eventStore('subscribing.js', 'what is delivered twice passed on twice', `ours.stored.position <= position)`, `false)`),
  eventStore('subscribing.js', 'a place of no event gone on from', `(await eventAt(server, after)) === null`, `false`),
  eventStore('reading.js', 'the event a read starts from given again', `events.slice(known)`, `events`),
  eventStore('eventStoreLog.js', 'a read that does not see what was left out', `await continuity.check(found);`, ``),
  eventStore('subscribing.js', 'a subscription that does not see what was left out', `await continuity.check(fresh);`, ``),
  eventStore('census.js', 'the census of another log believed', ` || !(await stands(server, found.last))`, ``),
  eventStore('census.js', 'the census off by one', `move(ours.length, `, `move(ours.length + 1, `),
  eventStore('census.js', 'the census counts events of others', `.filter(({ streamId }) => streamId.startsWith(prefix))`, `.filter(() => true)`),

  figures('facts/shape.js', 'a week added to the days in it', 'length * 32 + ((date - 1) % length)', '32'),
  figures('facts/settle.js', 'two doors taken for two weeks', 'weeks: cell.weeks.size', 'weeks: cell.events'),
  figures('facts/settle.js', 'a sample week that stands for its own month alone',
    'let month = from - (SAMPLE_MONTHS - 1);', 'let month = from;'),
  figures('facts/chooseWindows.js', 'counts that share a day taken together', 'if ((count.bits & bits) !== 0)', 'if (false)'),
  figures('facts/chooseWindows.js', 'a day taken before the year that holds it',
    '(a.days - b.days || b.estimated - a.estimated || a.windows - b.windows || b.ranks - a.ranks) > 0',
    '(a.windows - b.windows || a.days - b.days) > 0'),
  figures('facts/chooseCounts.js', 'the total of an authority never taken', 'points.every(({ days }) => days <= total.days)', 'false'),
  figures('facts/coverageCube.js', 'what was not chosen counted as reported',
    'chosen?.daysTaken(place, month) ?? (inside ? days.cells[at] : 0)', '(inside ? days.cells[at] : 0)'),
  figures('facts/coverageCube.js', 'a closed library expected to report', 'shut.cells[at] === 1 && taken === 0', 'false'),
  figures('facts/coverageCube.js', 'a part of a month taken for the whole', 'if (taken !== dayBits(1, daysInMonth(month)))', 'if (false)'),
  figures('facts/cube.js', 'a quarter shown as a month', ' || monthsIn(one.grain) > longest', ''),
  figures('facts/cube.js', 'libraries added to the total of their authority',
    'settled.choices?.isLeftOut(one.place, one.month) === true', 'false'),
  figures('facts/cube.js', 'the status of the last day of a period left out', '(statuses[next]?.day ?? 0) <= end', '(statuses[next]?.day ?? 0) < end'),
  figures('facts/people.js', 'two people taken for one', '(cells[slot] !== cell + 1 || subjects[slot] !== subject)', '(cells[slot] !== cell + 1)'),
  figures('facts/foldReporting.js', 'who states sessions taken to have stated hours', "if (state === 'counted' && value !== value)", 'if (false)'),
  figures('facts/fold.js', 'what was corrected counted still', 'if (dead[next] === first + row)', 'if (false)'),
  figures('facts/toFact.js', 'hours rounded to the hour', 'Math.round(data.hours * 3600)', 'Math.round(data.hours) * 3600'),
  figures('facts/touched.js', 'months reached for the first time not looked at again', 'widen(place, panel.last, latest);', ';'),
  figures('facts/touched.js', 'a year that a library joins not looked at from its start', 'firstExpected(from)', 'from'),
  figures('domain/amendments.js', 'a correction of what is not there counted', 'rowOf(a.target) !== undefined', 'true'),
  figures('domain/amendments.js', 'the earlier of two corrections counted', 'a.at - b.at || ', 'b.at - a.at || '),
  figures('domain/sampleWeeks.js', 'a month taken for four weeks', '(total * 52) / (12 * count)', '(total * 4) / count'),
  figures('domain/population.js', 'an estimate of people however old', 'if (distance > NEAREST_DAYS)', 'if (false)'),
  figures('domain/conclude.js', 'what was not reported said not to apply', "reasons.add('not-reported');", "reasons.add('not-applicable');"),
]; // prettier-ignore
