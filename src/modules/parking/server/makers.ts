// The makers whose cameras are spoken to, by the name that stands in a camera's row.
import type { DialectName } from '../shapes.ts'
import type { Reach } from './ask_camera.ts'
import { readPush as readDahua } from './dahua.ts'
import { dahuaCamera } from './dahua_camera.ts'
import type { Camera, Pushed } from './dialect.ts'
import { readPush as readHikvision } from './hikvision.ts'
import { hikvisionCamera } from './hikvision_camera.ts'
import { readPush as readVzenith } from './vzenith.ts'
import { vzenithCamera } from './vzenith_page.ts'

export interface Maker {
  /** `at` is what follows the camera's own address. */
  read: (body: Buffer, type: string | undefined, at: string) => Pushed | null
  camera: (r: Reach, channel: number) => Camera
  /** Whether its barrier goes up by the answer to a push, by asking the camera, or by the answer as long as nobody can ask it. */
  opens_by: 'answer' | 'asking' | 'either'
}
export const MAKERS: Readonly<Record<DialectName, Maker>> = {
  vzenith: { read: readVzenith, camera: vzenithCamera, opens_by: 'answer' },
  hikvision: { read: readHikvision, camera: hikvisionCamera, opens_by: 'asking' },
  dahua: { read: readDahua, camera: dahuaCamera, opens_by: 'either' },
}
