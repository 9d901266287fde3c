// A stream of as many bits as a real sub-stream has, drawn once and then sent by any number of channels: measuring wants the load of a camera, not of drawing one.
import { Encoder, type Planes } from './encoder.ts'
import { draw, type Scene } from './picture.ts'

export interface TapePicture {
  slice: Buffer
  key: boolean
}
/** A macroblock sent as it is. */
const BLOCK_BYTES = 386
/** So much of the picture is rough, of which a part moves at a time. */
const ROUGH = 4
/** Two groups of pictures, for two key pictures in a row are numbered differently. */
export function makeTape(scene: Scene, o: { fps: number; key_every_s: number; kbit: number }): TapePicture[] {
  const encoder = new Encoder()
  const across = scene.width / 16
  const moving = Math.max(1, Math.round((o.kbit * 1000) / 8 / o.fps / BLOCK_BYTES))
  const blocks = Math.min(moving * ROUGH, across * (scene.height / 16 - 7))
  let seed = 1
  const noise = (): number => (seed = (seed * 16_807) % 2_147_483_647) & 0x3f
  const rough = (p: Planes, block: number): void => {
    const [x, y] = [(block % across) * 16, (6 + Math.floor(block / across)) * 16]
    for (let r = 0; r < 16; r++) for (let c = 0; c < 16; c++) p.y[(y + r) * p.width + x + c] = 80 + noise()
  }
  let before = draw(scene, 0)
  return Array.from({ length: o.fps * o.key_every_s * 2 }, (_, n) => {
    const p: Planes = { ...before, y: Buffer.from(before.y) }
    if (n === 0) for (let b = 0; b < blocks; b++) rough(p, b)
    else for (let b = 0; b < moving; b++) rough(p, (n * moving + b) % blocks)
    before = p
    const key = n % (o.fps * o.key_every_s) === 0
    return { slice: encoder.encode(p, key), key }
  })
}
