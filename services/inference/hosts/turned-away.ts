/** A question that no host was asked, or none in time: too many wait already, or the deadline came first. */
export class TurnedAway extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'TurnedAway'
  }
}
