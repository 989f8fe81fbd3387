// The classes of the leaderboard's multi-turn worlds and their methods, from its folder multi_turn_func_doc (129 methods)
// and, where that lacks them, from the questions' paths. No method is in two classes.
const METHODS = {
  GorillaFileSystem: "cat cd cp diff du echo find grep ls mkdir mv pwd rm rmdir sort tail touch wc",
  MathAPI:
    "absolute_value add divide imperial_si_conversion logarithm max_value mean min_value multiply percentage power " +
    "round_number si_unit_conversion square_root standard_deviation subtract sum_values",
  MessageAPI:
    "add_contact delete_message get_message_stats get_user_id list_users message_get_login_status message_login " +
    "search_messages send_message view_messages_sent view_messages_received",
  TwitterAPI:
    "authenticate_twitter comment follow_user get_tweet get_tweet_comments get_user_stats get_user_tweets " +
    "list_all_following mention post_tweet posting_get_login_status retweet search_tweets unfollow_user",
  TicketAPI:
    "close_ticket create_ticket edit_ticket get_ticket get_user_tickets logout resolve_ticket ticket_get_login_status " +
    "ticket_login",
  TradingBot:
    "add_to_watchlist add_stock_to_watchlist cancel_order filter_stocks_by_price fund_account get_account_info " +
    "get_available_stocks get_current_time get_order_details get_order_history get_stock_info get_symbol_by_name " +
    "get_transaction_history get_watchlist make_transaction notify_price_change place_order " +
    "remove_stock_from_watchlist trading_get_login_status trading_login trading_logout update_market_status " +
    "update_stock_price",
  TravelAPI:
    "authenticate authenticate_travel book_flight cancel_booking compute_exchange_rate contact_customer_support " +
    "get_all_credit_cards get_budget_fiscal_year get_credit_card_balance get_flight_cost get_nearest_airport_by_city " +
    "list_all_airports purchase_insurance register_credit_card retrieve_invoice set_budget_limit " +
    "travel_get_login_status verify_traveler_information",
  VehicleControlAPI:
    "activateParkingBrake adjustClimateControl check_tire_pressure displayCarStatus display_log estimate_distance " +
    "estimate_drive_feasibility_by_mileage fillFuelTank find_nearest_tire_shop gallon_to_liter get_current_speed " +
    "get_outside_temperature_from_google get_outside_temperature_from_weather_com get_zipcode_based_on_city " +
    "liter_to_gallon lockDoors pressBrakePedal releaseBrakePedal setCruiseControl setHeadlights set_navigation " +
    "startEngine",
};

const CLASSES = new Map(
  Object.entries(METHODS).flatMap(([owner, methods]) => methods.split(" ").map((method) => [method, owner] as const)),
);

/**
 * A method of a multi-turn world with its class, "GorillaFileSystem.sort". The question's `path` comes first, which names
 * some of the methods it needs, "GorillaFileSystem.find"; a method that is in none of the classes involved stays bare.
 */
export function toMethodName(method: string, path: readonly string[], involvedClasses: readonly string[]): string {
  const named = path.find((one) => one.endsWith(method) && one.at(-method.length - 1) === ".");
  if (named !== undefined) return named;
  const owner = CLASSES.get(method);
  return owner !== undefined && involvedClasses.includes(owner) ? `${owner}.${method}` : method;
}
