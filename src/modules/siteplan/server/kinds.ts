// What can stand on a plan: by which right it is seen, and who answers for how it is now. Each answer comes from the module that owns the thing.
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { doorsOnPlan } from '../../doors/server/index.ts'
import { equipmentOnPlan } from '../../equipment/server/index.ts'
import { devicesOnPlan } from '../../iot/server/index.ts'
import { pointsOnPlan } from '../../muster/server/index.ts'
import { lanesOnPlan } from '../../parking/server/index.ts'
import { buildingsOnPlan, type PlanAnswer, type PlanAsk, type PlanSubject } from '../../property/server/index.ts'
import { signsOnPlan } from '../../safety/server/index.ts'
import { camerasOnPlan } from '../../video/server/index.ts'
import { SUBJECTS, type Pin, type ShownKind, type SubjectKind } from '../contract.ts'

const KINDS: Record<SubjectKind, { may: string; ask: (scope: Scope, ask: PlanAsk) => Promise<PlanAnswer> }> = {
  device: { may: 'iot.device.read', ask: devicesOnPlan },
  door: { may: 'doors.door.read', ask: doorsOnPlan },
  camera: { may: 'video.camera.read', ask: camerasOnPlan },
  lane: { may: 'parking.lot.read', ask: lanesOnPlan },
  equipment: { may: 'equipment.device.read', ask: equipmentOnPlan },
  sign: { may: 'safety.sign.read', ask: signsOnPlan },
  point: { may: 'muster.roll.read', ask: pointsOnPlan },
  building: { may: 'property.house.read', ask: buildingsOnPlan },
}
export const kindsSeenBy = (scope: Scope): SubjectKind[] => SUBJECTS.filter((k) => mayDo(scope.who, KINDS[k].may))
/** Nothing of a kind that whoever asks has no right over. */
export const askKind = async (scope: Scope, kind: SubjectKind, ask: PlanAsk): Promise<PlanAnswer> => (mayDo(scope.who, KINDS[kind].may) ? KINDS[kind].ask(scope, ask) : { rows: [], total: 0 })

const BAD = new Set(['fault', 'offline', 'unlocked', 'must_stop', 'damaged', 'missing', 'gathering'])
const WARN = new Set(['maintenance', 'open', 'stopped', 'repair', 'late', 'unknown'])
const GOOD = new Set(['running', 'online', 'closed', 'in_use', 'good'])
export const toneOf = (s: Pick<PlanSubject, 'state' | 'alarm'>): Pin['tone'] => (s.alarm || BAD.has(s.state) ? 'bad' : WARN.has(s.state) ? 'warn' : GOOD.has(s.state) ? 'good' : 'plain')
export const shownAs = (kind: SubjectKind, s: Pick<PlanSubject, 'fire'>): ShownKind => (kind === 'equipment' ? (s.fire ? 'fire' : 'equipment') : kind)
