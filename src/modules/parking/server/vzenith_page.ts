// The page of a Vzenith (臻识) camera on the local network, as far as its white list is read by it: POST /dbopr.php with white_list_operator, by pages. Reads only; there is
// no value here that changes a list.
import { CameraHttp, ReachFault, notDone, type Reach } from './ask_camera.ts'
import type { Camera, Listed } from './dialect.ts'
import { readPlate } from './rules/plates.ts'

const PAGE = 50
const LIST_MAX = 20_000
type Loose = Record<string, unknown>
async function ask(http: CameraHttp, body: Loose): Promise<Loose> {
  const told = await http.ask({ method: 'POST', path: '/dbopr.php', type: 'application/json', body: JSON.stringify(body) })
  if (told.status !== 200) throw new ReachFault(notDone(told.status))
  try {
    const v: unknown = JSON.parse(told.body.toString('utf8'))
    if (typeof v === 'object' && v !== null && (v as Loose)['state_code'] === 200) return v as Loose
  } catch {
    // said below
  }
  throw new ReachFault('不是臻识相机的答复')
}
async function countOf(http: CameraHttp): Promise<number> {
  const count = (await ask(http, { cmd: 'white_list_operator', id: '1', operator_type: 'select_count_by_plate', plate: '' }))['total_count']
  if (typeof count !== 'number' || count < 0 || count > LIST_MAX) throw new ReachFault('名单条数读不出')
  return count
}
/** The whole list, page by page; what changes meanwhile may be missed or come twice, which the next reading shows. */
async function list(http: CameraHttp): Promise<Listed[]> {
  const count = await countOf(http)
  const out = new Map<string, Listed>()
  for (let at = 0; at < count; at += PAGE) {
    const rows = (await ask(http, { cmd: 'white_list_operator', id: '1', operator_type: 'select_fuzzy', plate: '', start_pos: at, select_count: PAGE }))['dldb_rec']
    if (!Array.isArray(rows)) throw new ReachFault('名单读不出')
    for (const x of rows as Loose[]) {
      const plate = typeof x['plate'] === 'string' ? readPlate(x['plate']) : null
      // One that is switched off opens nothing: as good as not there.
      if (plate && x['enable'] !== 0) out.set(plate, { plate, until: typeof x['overdue_time'] === 'string' ? x['overdue_time'] : '' })
    }
  }
  return [...out.values()]
}
export function vzenithCamera(r: Reach): Camera {
  const http = new CameraHttp(r)
  return {
    // Its page names neither model nor time in what is read here; that it answers as a camera of this make does is what is asked.
    about: async () => ({ model: '臻识', serial_no: '', firmware: '', device_s: null, hosts: null, list_count: await countOf(http) }),
    open: null,
    list: () => list(http),
    change: null,
    mend: null,
  }
}
