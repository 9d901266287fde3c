// White lists onto cameras that are asked: what each lacks, piece by piece, removals first, written into the books once the camera took it. A piece that failed halfway is said again:
// adding and removing one plate twice is the same as once. A list that is full is told and not tried on and on.
import { sql } from 'kysely'
import type { Work } from '../../../kernel/app.ts'
import { log } from '../../../kernel/log.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { DialectName } from '../contract.ts'
import { ReachFault } from './ask_camera.ts'
import { REACHED_S } from './commands.ts'
import { nextPiece, noteLists, pieceTaken, type Piece } from './lists_of_cameras.ts'
import { MAKERS } from './makers.ts'
import { openReach } from './open_now.ts'

export const WRITE_JOB = 'parking.write_lists'
/** Looked at again by itself; what changes a right asks at once. */
const AGAIN_S = 300
const CAMERAS_MAX = 60
/** Of five plates each, in one turn of the job. */
const PIECES_MAX = 60
interface Due {
  camera_id: string
  lot_id: string
  dialect: DialectName
  channel: number
  reach_sealed: string
}
export const listsDue = async (scope: Scope): Promise<Due[]> => {
  const c = scope.company_id
  const { rows } = await sql<Due>`select k.camera_id, n.lot_id, k.dialect, k.channel, k.reach_sealed from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id
    where k.company_id = ${c} and k.dialect <> 'vzenith' and k.reach_sealed is not null and k.retired_at is null and n.retired_at is null and s.reached_at > ${scope.now}::timestamptz - make_interval(secs => ${REACHED_S})
      and (s.list_at is null or s.list_at < ${scope.now}::timestamptz - make_interval(secs => ${AGAIN_S})) order by s.list_at nulls first limit ${CAMERAS_MAX}`.execute(scope.db)
  return rows
}
async function write(w: Work, k: Due): Promise<void> {
  const change = MAKERS[k.dialect].camera(openReach(k.reach_sealed), k.channel).change
  if (!change) return
  for (let i = 0; i < PIECES_MAX && !(await w.stopped()); i++) {
    const piece: Piece | null = await w.tx((scope) => nextPiece(scope, k))
    if (!piece) return
    try {
      await change(piece.delta)
    } catch (error) {
      const fault = error instanceof ReachFault ? error.message : '答复读不懂'
      if (!(error instanceof ReachFault)) log('warn', 'a list could not be written', { camera_id: k.camera_id, error: String(error) })
      return w.tx((scope) => noteLists(scope, k, { left: piece.left, at: scope.now, fault }))
    }
    await w.tx((scope) => pieceTaken(scope, k, piece))
  }
}
export async function writeDueLists(w: Work): Promise<void> {
  for (const k of await w.tx(listsDue)) {
    if (await w.stopped()) return
    await write(w, k)
  }
}
