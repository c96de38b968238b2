import type { Timer } from '@ashlar/kernel'
import type { ServiceView } from './service-view.ts'

/** A service that is watched, and who wants it to be. */
interface Watched<Chooser> {
  readonly view: ServiceView
  chooser: Chooser | undefined
  /** How many clients and followers want it for as long as they live. */
  holders: number
  askedAtMs: number
}

/** What {@link WatchedServices} are made of. */
export interface WatchedServicesOptions<Chooser> {
  readonly viewOf: (service: string) => ServiceView
  readonly chooserOf: (service: string, view: ServiceView) => Chooser
  readonly timer: Timer
  /** After how long without a question a service that nobody holds is watched no longer. */
  readonly idleMs: number
}

/** One view for each service that somebody wants to know of, until nobody does: names may come from outside. */
export class WatchedServices<Chooser extends { close(): void }> {
  readonly #options: WatchedServicesOptions<Chooser>
  readonly #services = new Map<string, Watched<Chooser>>()
  #callOff: (() => void) | undefined

  constructor(options: WatchedServicesOptions<Chooser>) {
    this.#options = options
  }

  /** The view of a service that is asked about once. */
  asked(service: string): ServiceView {
    return this.#ask(service).view
  }

  /** What chooses for those who ask once. */
  chooser(service: string): Chooser {
    const watched = this.#ask(service)
    watched.chooser ??= this.#options.chooserOf(service, watched.view)
    return watched.chooser
  }

  /** The view of a service that is wanted until it is let go. */
  hold(service: string): { readonly view: ServiceView; letGo(): void } {
    const watched = this.#ask(service)
    watched.holders++
    let isHeld = true
    return {
      view: watched.view,
      letGo: () => {
        if (!isHeld) return
        isHeld = false
        watched.holders--
        watched.askedAtMs = this.#options.timer.now()
      },
    }
  }

  close(): void {
    this.#callOff?.()
    for (const watched of this.#services.values()) end(watched)
    this.#services.clear()
  }

  #ask(service: string): Watched<Chooser> {
    const { timer, viewOf } = this.#options
    let watched = this.#services.get(service)
    if (watched === undefined) {
      watched = { view: viewOf(service), chooser: undefined, holders: 0, askedAtMs: 0 }
      this.#services.set(service, watched)
      this.#sweepLater()
    }
    watched.askedAtMs = timer.now()
    return watched
  }

  #sweepLater(): void {
    const { timer, idleMs } = this.#options
    this.#callOff ??= timer.after(idleMs, () => this.#sweep(), { idle: true })
  }

  #sweep(): void {
    this.#callOff = undefined
    const { timer, idleMs } = this.#options
    const now = timer.now()
    for (const [service, watched] of this.#services)
      if (watched.holders === 0 && now - watched.askedAtMs >= idleMs) {
        this.#services.delete(service)
        end(watched)
      }
    if (this.#services.size > 0) this.#sweepLater()
  }
}

function end({ view, chooser }: Watched<{ close(): void }>): void {
  chooser?.close()
  view.close()
}
